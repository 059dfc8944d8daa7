// Mends what a screen reader is told about Gradio's chat, each time that the chat changes.

const labels = { bot: "Answer", user: "Question" };

function mend() {
  // Gradio names a message by its source, which for an answer is HTML.
  for (const message of document.querySelectorAll("#pq-chat [data-testid=bot], #pq-chat [data-testid=user]")) {
    const label = labels[message.dataset.testid];
    if (message.getAttribute("aria-label") !== label) {
      message.setAttribute("role", "group");
      message.setAttribute("aria-label", label);
    }
  }
  // Gradio calls the examples a list, but not one of them an item of it.
  for (const list of document.querySelectorAll("#pq-chat .examples[role=list]")) {
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", "Example questions");
  }
}

new MutationObserver(mend).observe(document.body, {
  attributeFilter: ["aria-label"],
  attributes: true,
  childList: true,
  subtree: true,
});
mend();

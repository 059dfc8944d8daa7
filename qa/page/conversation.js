// Saving a conversation as a file, and editing a question in the words in which it was typed.

// Every answer carries its turn along; the server makes a file of them and keeps nothing.
async function save(button) {
  const status = button.parentElement.querySelector("[role=status]");
  const records = document.querySelectorAll("#pq-chat .pq-record");
  const turns = [...records].map((record) => JSON.parse(record.textContent));
  const name = `conversation.${button.dataset.save}`;
  status.textContent = "";
  try {
    const response = await fetch(name, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ turns }),
    });
    if (!response.ok) throw new Error(await response.text());
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    status.textContent = `Saved as ${name}`;
  } catch (error) {
    status.textContent = `Not saved: ${error.message}`;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-save]");
  if (button) save(button);
});

// Questions are sent to the browser as HTML; the box in which Gradio lets them be edited would show its entities.
const decoder = document.createElement("textarea");
const decoded = new WeakSet();

function decode() {
  for (const box of document.querySelectorAll("#pq-chat textarea.edit-textarea")) {
    if (decoded.has(box)) continue;
    decoded.add(box);
    box.setAttribute("aria-label", "Your question, to be changed");
    decoder.innerHTML = box.value;
    box.value = decoder.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

new MutationObserver(decode).observe(document.body, { childList: true, subtree: true });

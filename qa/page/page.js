// Mends what a screen reader is told about Gradio's chat, each time that the chat changes.

import "./view/checking.js";

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

// The documents that are ticked: a list in JSON in a box of Gradio's, which takes it to the server and back.

function pickedBox() {
  return document.querySelector("#pq-picked textarea, #pq-picked input");
}

function ticked() {
  try {
    return new Set(JSON.parse(pickedBox().value || "[]"));
  } catch {
    return new Set();
  }
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.(".pq-pick, .pq-pick-all")) return;
  const boxes = [...document.querySelectorAll("#pq-rows .pq-pick")];
  if (target.matches(".pq-pick-all")) for (const box of boxes) box.checked = target.checked;
  const sources = ticked();
  for (const box of boxes) box.checked ? sources.add(box.value) : sources.delete(box.value);
  const list = pickedBox();
  list.value = JSON.stringify([...sources]);
  list.dispatchEvent(new Event("input", { bubbles: true }));
  mendAll();
});

// One box for all that are shown says whether they are.
function mendAll() {
  const all = document.querySelector("#pq-rows .pq-pick-all");
  if (!all) return;
  const boxes = [...document.querySelectorAll("#pq-rows .pq-pick")];
  const count = boxes.filter((box) => box.checked).length;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

// Moments are told in the reader's own time.
function mendTimes() {
  for (const time of document.querySelectorAll("#pq-rows time[datetime]:not([title])")) {
    const moment = new Date(time.dateTime);
    time.title = time.textContent;
    if (!Number.isNaN(moment.valueOf())) {
      time.textContent = moment.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    }
  }
}

// The words on it say what it does; Gradio gives it other ones besides.
function mendUpload() {
  document.querySelector("#pq-upload button[aria-dropeffect][aria-label]")?.removeAttribute("aria-label");
}

new MutationObserver(() => {
  mendAll();
  mendUpload();
  mendTimes();
}).observe(document.body, { childList: true, subtree: true });

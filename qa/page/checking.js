// From the answer to the place where it stands: numbers lead to cards, cards to documents, links to this page.

const SAID_SECONDS = 2;
const seen = new Map(); // the sources of the answers of this visit, by the mark that an answer's message carries

document.head.append(
  Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("checking.css", import.meta.url) }),
);

const node = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const markOf = (element) => [...element.classList].find((name) => name.startsWith("pq-answer-"));

// What a screen reader is told. Gradio's own log would read out every button of an answer.

const announcer = node("div", { id: "pq-announcer", className: "pq-unseen", role: "status" });
announcer.setAttribute("aria-live", "polite");
document.body.append(announcer);
const say = (text) => {
  if (announcer.textContent !== text) announcer.textContent = text; // else its own change would be watched in a circle
};

const textOf = (element, selector) => element.querySelector(selector)?.textContent.trim().replace(/\s+/g, " ") ?? "";

function spoken(message) {
  if (message.classList.contains("pq-problem")) return message.textContent;
  const lead = textOf(message, ".pq-lead") || "Answer:";
  const parts = [lead, textOf(message, ".pq-closest"), textOf(message, "blockquote"), textOf(message, ".pq-place")];
  parts.push(textOf(message, ".pq-confidence > span"), textOf(message, ".pq-more > summary"));
  return parts.filter(Boolean).join(" ");
}

let answers = 0;

function announce() {
  const messages = document.querySelectorAll("#pq-chat .pq-message");
  if (messages.length === answers + 1) say(spoken(messages[answers]));
  else if (messages.length === answers && document.querySelector("#pq-chat .pq-stages")) {
    say(textOf(document, "#pq-chat .pq-now"));
  }
  answers = messages.length;
  for (const log of document.querySelectorAll("#pq-chat [role=log]")) log.setAttribute("aria-live", "off");
}

// Cards.

let cameFrom = null;

function forward(button) {
  const message = button.closest(".pq-message");
  const number = parseInt(button.textContent.match(/\d+/), 10);
  const card = panelOf(markOf(message))?.querySelectorAll(".pq-card")[number - 1];
  if (!card) {
    openViewer(button.closest(".pq-quote").querySelector(".pq-open").href);
    return;
  }
  for (const other of document.querySelectorAll(".pq-forward")) other.classList.remove("pq-forward");
  card.classList.add("pq-forward");
  cameFrom = button;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function panelOf(mark) {
  const latest = document.querySelector("#pq-sources .pq-sources");
  if (latest && markOf(latest) === mark) {
    backToLatest();
    return latest;
  }
  if (!seen.has(mark)) return null;
  backToLatest();
  const back = node("button", { type: "button", className: "pq-latest" }, "Back to the latest");
  const note = node("p", { className: "pq-note" }, "Sources of an earlier answer. ", back);
  const panel = node("div", { id: "pq-earlier", className: "prose" }, note, seen.get(mark).cloneNode(true));
  const sources = document.querySelector("#pq-sources");
  sources.before(panel);
  sources.classList.add("pq-away");
  return panel;
}

function backToLatest() {
  document.querySelector("#pq-earlier")?.remove();
  document.querySelector("#pq-sources")?.classList.remove("pq-away");
}

function remember() {
  const latest = document.querySelector("#pq-sources .pq-sources");
  const mark = latest && markOf(latest);
  if (mark && !seen.has(mark)) seen.set(mark, latest.cloneNode(true));
}

// The viewer.

let viewer = null;

function makeViewer() {
  const frame = node("iframe", { title: "The document" });
  const heading = node("h2", { id: "pq-viewer-title", className: "pq-unseen" }, "Document");
  const copyLink = node("button", { type: "button" }, "Copy link");
  const tab = node("a", { target: "_blank", rel: "noopener" }, "Open in a new tab");
  const close = node("button", { type: "button" }, "Close");
  const bar = node("div", { className: "pq-viewer-bar" }, heading, copyLink, tab, close);
  const dialog = node("dialog", { id: "pq-viewer" }, bar, frame);
  dialog.setAttribute("aria-labelledby", "pq-viewer-title");
  close.addEventListener("click", () => dialog.close());
  copyLink.addEventListener("click", () => copy(pageLink(tab.href), copyLink));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => (frame.src = "about:blank"));
  frame.addEventListener("load", () => {
    const inside = frame.contentWindow;
    if (!dialog.open || inside.location.href === "about:blank") return;
    tab.href = inside.location.href;
    heading.textContent = inside.document.title;
    inside.addEventListener("keydown", (event) => event.key === "Escape" && dialog.close());
    inside.focus();
  });
  document.body.append(dialog);
  return { dialog, frame, tab, heading };
}

function openViewer(href) {
  viewer ??= makeViewer();
  const address = new URL(href, document.baseURI);
  address.searchParams.set("theme", document.body.classList.contains("dark") ? "dark" : "light");
  viewer.heading.textContent = "Opening the document …";
  viewer.tab.href = address.href;
  viewer.frame.src = address.href;
  viewer.dialog.showModal();
}

// Copying, and links to this page.

async function copy(text, button) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyTheOldWay(text, button); // the clipboard is closed to pages that come without TLS from another machine
  }
  const label = (button.dataset.label ??= button.textContent);
  button.textContent = done ? "Copied" : "Could not copy";
  say(button.textContent);
  setTimeout(() => (button.textContent = label), SAID_SECONDS * 1000);
}

function copyTheOldWay(text, button) {
  const box = node("textarea", { value: text, className: "pq-unseen" });
  button.after(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  button.focus();
  return done;
}

function pageLink(viewerLink) {
  const asked = new URL(viewerLink, document.baseURI).searchParams;
  const link = new URL(location.pathname, location.origin);
  for (const name of ["source", "start", "end", "check"]) {
    if (asked.has(name)) link.searchParams.set(name, asked.get(name));
  }
  return link.href;
}

function questionLink(question) {
  const link = new URL(location.pathname, location.origin);
  link.searchParams.set("q", question);
  return link.href;
}

function clicked(event) {
  const target = event.target.closest?.("a.pq-open, button");
  if (!target) return;
  const card = target.closest(".pq-card");
  if (target.matches("a.pq-open")) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window is meant
    event.preventDefault();
    openViewer(target.href);
  } else if (target.matches(".pq-message .pq-number")) forward(target);
  else if (target.matches(".pq-latest")) backToLatest();
  else if (card && target.matches(".pq-copy")) copy(card.querySelector(".pq-clip").textContent, target);
  else if (card && target.matches(".pq-link")) copy(pageLink(card.querySelector(".pq-open").href), target);
  else if (target.matches(".pq-message .pq-link")) {
    copy(questionLink(target.closest(".pq-message").querySelector(".pq-clip").textContent), target);
  }
}

function pressed(event) {
  if (event.key === "Escape" && event.target.closest?.(".pq-card") && cameFrom?.isConnected) cameFrom.focus();
}

// A link that came with a question or a quote does so once: a reload shows the conversation, not the link again.

function follow() {
  const asked = new URL(location.href);
  const question = asked.searchParams.get("q");
  const viewed = asked.searchParams.has("source") ? `view${asked.search}#quote` : null;
  if (question === null && viewed === null) return;
  for (const name of ["q", "source", "start", "end", "check"]) asked.searchParams.delete(name);
  history.replaceState(history.state, "", asked);
  if (question !== null) whenReady(question);
  if (viewed) openViewer(viewed);
}

function whenReady(question) {
  const box = document.querySelector("#pq-question textarea:enabled");
  const button = document.querySelector("#pq-question .submit-button:enabled");
  if (!box || !button) {
    setTimeout(() => whenReady(question), 100);
    return;
  }
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => button.click(), 100); // Gradio takes a moment to know what stands in the box
}

let before = null;

new MutationObserver(() => {
  announce();
  const latest = document.querySelector("#pq-sources .pq-sources");
  if (latest !== before) {
    before = latest;
    remember();
    backToLatest();
  }
}).observe(document.body, { childList: true, subtree: true });
document.addEventListener("click", clicked, true);
document.addEventListener("keydown", pressed);
follow();

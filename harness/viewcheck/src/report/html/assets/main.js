// main.js: shows the page that the address names, keeps the theme, and starts everything.
//
// Without JavaScript all pages follow each other, and links to them are anchors. With it, only one is shown.

/** The pages of the report. */
function pages() {
  return [...document.querySelectorAll("main > .page")];
}

/** The page that a name of the address belongs to, and the element that it names: a page itself, or a part of it. */
function pageOf(name) {
  const element = name ? document.getElementById(name) : null;
  const page = element?.closest("main > .page");
  return page ? { page, element } : { page: document.getElementById("matrix") ?? pages()[0], element: null };
}

/** Shows the page of the address. */
function route(state) {
  clearTimeout(state.later);
  const [name, query] = partsOf(location.hash);
  if (name === "content") return;
  const { page, element } = pageOf(name);
  const changed = state.page !== page;
  state.page = page;
  for (const each of pages()) each.classList.toggle("shown", each === page);
  for (const link of document.querySelectorAll("#pages a")) {
    if (partsOf(link.hash)[0] === page.id) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const title = page.querySelector("h2");
  document.title = title ? `${title.textContent} – ${state.title}` : state.title;
  if (page.id === "cases" && state.list) showList(state.list, filterOf(state.model, query));
  if (changed && state.started) {
    if (title && !page.contains(document.activeElement)) { title.tabIndex = -1; title.focus({ preventScroll: true }); }
    if (!element || element === page) window.scrollTo(0, 0);
  }
  if (element && element !== page) element.scrollIntoView();
}

/** Goes to a filter, as a new entry of the history, or, while somebody types (`typing`), in place of this one. */
function goTo(state, filter, typing) {
  clearTimeout(state.later);
  if (typing) {
    showList(state.list, filter);
    replaceAddress(state, addressOf(filter));
    return;
  }
  const address = addressOf(filter);
  if (address !== location.hash) history.pushState(null, "", address);
  route(state);
}

/** Replaces the address. A browser that is asked too often refuses; then the address follows later. */
function replaceAddress(state, address) {
  try {
    history.replaceState(null, "", address);
  } catch {
    state.later = setTimeout(() => replaceAddress(state, address), 2000);
  }
}

/** The switch of the theme. Where the browser keeps nothing, it holds until the page is left. */
function makeTheme() {
  const root = document.documentElement;
  const set = (theme) => (theme === "system" ? root.removeAttribute("data-theme") : root.setAttribute("data-theme", theme));
  const options = ["system", "light", "dark"].map((theme) => make("option", { value: theme }, theme));
  const select = make("select", { id: "theme", change: () => { set(select.value); kept("viewcheck-theme", select.value); } }, options);
  const before = kept("viewcheck-theme");
  if (before === "light" || before === "dark") { select.value = before; set(before); }
  return make("label", { class: "theme", for: "theme" }, make("span", null, "Theme"), select);
}

/** Keeps a value in the browser, or gives the one that was kept. */
function kept(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch {
    // A page from a file may keep nothing.
  }
  return null;
}

/** The keys: `/` goes to the text filter; Escape leaves a menu or the text filter, or closes a case. */
function pressed(state, event) {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && state.list) {
    event.preventDefault();
    if (state.page.id !== "cases") goTo(state, emptyFilter());
    state.list.text.focus();
  }
  if (event.key !== "Escape") return;
  const menu = document.querySelector(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (!typing && state.list?.opened && state.page.id === "cases") {
    const { button } = state.list.opened;
    state.list.go({ ...state.list.filter, case: "" });
    button.isConnected ? button.focus() : state.list.text.focus();
  }
}

/** A click beside an open menu closes it. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
}

/** Tables that scroll by themselves can be reached by keyboard, under the name of the heading before them. */
function nameScrolling() {
  for (const box of document.querySelectorAll(".wide:not([tabindex])")) {
    const before = [...(box.closest(".page")?.querySelectorAll("h2, h3, h4, summary") ?? [])].filter((heading) => heading.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING);
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", before.pop()?.textContent ?? "Table");
  }
}

/** Before printing, what is folded opens: details of the page, and the first cases of a list. Afterwards it closes again. */
function preparePrint(state) {
  const undo = [];
  window.addEventListener("beforeprint", () => {
    const { list } = state;
    if (state.page?.id === "cases" && list && !list.opened) {
      for (const row of [...list.list.children].slice(0, 50)) {
        const body = caseBody(state.model, Number(row.querySelector("[data-case]").dataset.case), list.filter);
        row.append(body);
        undo.push(() => body.remove());
      }
    }
    for (const details of document.querySelectorAll(".page.shown details:not([open], .menu)")) {
      details.open = true;
      undo.push(() => (details.open = false));
    }
  });
  window.addEventListener("afterprint", () => { for (const back of undo.splice(0)) back(); });
}

/** Says in the page of the cases that the data can't be read, and why. */
function failed(section, error) {
  const words = typeof DecompressionStream === "undefined" ? "This browser is too old to read the data of the report: it lacks DecompressionStream." : `The data of the report can't be read: ${error.message}. Was the file cut off?`;
  section.replaceChildren(make("p", { role: "alert" }, words));
}

/** Starts: the pages at once, the cases when their data are read. */
async function start() {
  const state = { title: document.title, page: null, list: null, model: null, started: false };
  document.documentElement.classList.add("js");
  document.getElementById("tools")?.append(makeTheme());
  route(state);
  state.started = true;
  window.addEventListener("hashchange", () => route(state));
  window.addEventListener("popstate", () => route(state));
  document.addEventListener("keydown", (event) => pressed(state, event));
  document.addEventListener("click", closeMenus);
  preparePrint(state);
  const section = document.getElementById("explorer");
  const data = document.getElementById("data");
  if (!section || !data) return nameScrolling();
  section.replaceChildren(make("p", { role: "status", class: "note" }, "Reading the cases …"));
  try {
    state.model = await loadData(data);
  } catch (error) {
    failed(section, error);
    nameScrolling();
    return;
  }
  section.replaceChildren();
  state.list = makeList(state.model, section, (filter, typing) => goTo(state, filter, typing));
  route(state);
  setTimeout(nameScrolling);
  prepareTexts(state.model);
  // Printing opens cases, and does not wait.
  setTimeout(() => loadDetails(state.model), 3000);
}

start();

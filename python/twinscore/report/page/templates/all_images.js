"use strict";

// All images that the page knows, a page of them at a time: searched, chosen and sorted.
function showAllImages(place, pool, tools) {
  const { element, picture, blank, path, sideName, openWalk } = tools;
  const PER_PAGE = 24;
  const count = pool.names.length;
  const giveaway = pool.names.map((_, row) => pool.acrossDistance[row] / pool.withinDistance[row]);
  const orders = {
    "most given away first": (a, b) => (giveaway[b] || 0) - (giveaway[a] || 0),
    "nearest to the other side first": (a, b) => pool.acrossDistance[a] - pool.acrossDistance[b],
    "name": (a, b) => pool.names[a].localeCompare(pool.names[b]),
  };
  let selection = null;
  let shownPage = 0;

  const search = element("input", { type: "search", placeholder: "Search names", "aria-label": "Search names" });
  const side = choice("Side", ["synthetic", "real", "both sides"]);
  const order = choice("Order", Object.keys(orders));
  const pickers = Object.entries(pool.labels).map(([name, { values, of }]) => {
    const sizes = values.map(() => 0);
    for (const value of of) if (value >= 0) sizes[value] += 1;
    const places = values.map((_, value) => value).sort((a, b) => sizes[b] - sizes[a]);
    const picker = element("select", { "aria-label": name }, option("", `any ${name}`));
    for (const value of places) picker.append(option(value, `${shorten(values[value])} (${sizes[value]})`));
    return { picker, of };
  });
  const whole = element("button", { type: "button", class: "plain", hidden: "" }, "Leave the region of the map");
  const filters = element("div", { class: "filters" }, search, side, ...pickers.map((p) => p.picker), order, whole);
  const previous = element("button", { type: "button", class: "plain" }, "Previous page");
  const next = element("button", { type: "button", class: "plain" }, "Next page");
  const position = element("span", { class: "faint", role: "status" });
  const gallery = element("ul", { class: "gallery single" });
  place.append(filters, gallery, element("div", { class: "pages" }, previous, next, position));

  for (const input of [search, side, order, ...pickers.map((p) => p.picker)]) {
    input.addEventListener("input", () => show(0));
  }
  whole.addEventListener("click", () => only(null));
  previous.addEventListener("click", () => show(shownPage - 1));
  next.addEventListener("click", () => show(shownPage + 1));
  show(0);
  return { only };

  function option(value, text) {
    return element("option", { value }, text);
  }

  function choice(name, texts) {
    return element("select", { "aria-label": name }, ...texts.map((text) => option(text, text)));
  }

  function shorten(value) {
    const text = String(value);
    return text.length > 40 ? `...${text.slice(-37)}` : text;
  }

  function only(rows) {
    selection = rows === null ? null : new Set(rows);
    whole.hidden = selection === null;
    if (selection) side.value = "both sides";
    show(0);
  }

  function matches(row) {
    if (selection && !selection.has(row)) return false;
    if (side.value !== "both sides" && sideName(row) !== side.value) return false;
    if (!pool.names[row].toLowerCase().includes(search.value.toLowerCase())) return false;
    return pickers.every(({ picker, of }) => picker.value === "" || of[row] === Number(picker.value));
  }

  function show(page) {
    const rows = [];
    for (let row = 0; row < count; row += 1) if (matches(row)) rows.push(row);
    rows.sort(orders[order.value]);
    const pages = Math.max(1, Math.ceil(rows.length / PER_PAGE));
    shownPage = Math.min(Math.max(page, 0), pages - 1);
    const start = shownPage * PER_PAGE;
    const items = rows.slice(start, start + PER_PAGE).map((row, offset) => exhibit(row, rows, start + offset));
    gallery.replaceChildren(...items);
    previous.disabled = shownPage === 0;
    next.disabled = shownPage === pages - 1;
    position.textContent = `${rows.length.toLocaleString("en")} images, page ${shownPage + 1} of ${pages}`;
  }

  function exhibit(row, rows, at) {
    const button = element("button", { type: "button", "aria-label": `Open ${pool.names[row]}` });
    button.append(picture(row) ?? blank());
    button.addEventListener("click", () => openWalk(rows, at));
    const times = Number.isFinite(giveaway[row]) ? `${giveaway[row].toFixed(2)} times as far` : "";
    const words = element("span", { class: "figure faint" }, times);
    return element("li", { class: `exhibit side-${sideName(row)}` }, button, path(row), words);
  }
}

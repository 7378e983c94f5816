"use strict";

(async () => {
  const byId = (id) => document.getElementById(id);

  async function unpack(id) {
    const bytes = Uint8Array.from(atob(byId(id).textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  makeTablesSortable();
  unfoldGalleries();
  moveSliders();
  if (!("DecompressionStream" in window)) {
    for (const place of document.querySelectorAll(".map, .chart")) {
      place.replaceWith(element("p", { class: "note" }, "Maps and curves need a browser of 2023 or later."));
    }
    return;
  }
  const payload = JSON.parse(await unpack("payload"));
  const pool = payload.pool;
  // The gallery whose pairs the open dialog steps through; none if it was opened from the map.
  let walk = null;
  const labels = pool ? pool.labels : {};
  if (pool) explainPairs();
  copyPathsOnClick();
  const everything = document.querySelector(".all-images");
  const browse = everything && pool
    ? showAllImages(everything, pool, { element, picture, blank, path, sideName, openWalk })
    : null;
  if (document.querySelector(".map, .chart")) {
    const script = element("script");
    script.textContent = await unpack("plotly");
    document.head.append(script);
    drawEverything();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawEverything);
    matchMedia("print").addEventListener("change", drawEverything);
  }
  document.documentElement.dataset.ready = "true";

  function moveSliders() {
    for (const input of document.querySelectorAll(".compare input")) {
      const show = () => input.closest(".compare").style.setProperty("--at", `${input.value}%`);
      input.addEventListener("input", show);
      // A page that is opened again has its sliders where they were.
      show();
    }
  }

  function makeTablesSortable() {
    for (const table of document.querySelectorAll("table.sortable")) {
      const headings = [...table.tHead.rows[0].cells];
      headings.forEach((heading, column) => {
        const button = element("button", { type: "button" }, heading.textContent);
        heading.replaceChildren(button);
        button.addEventListener("click", () => {
          const ascending = heading.getAttribute("aria-sort") !== "ascending";
          for (const other of headings) other.removeAttribute("aria-sort");
          heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
          const rows = [...table.tBodies[0].rows];
          rows.sort((a, b) => compare(key(a.cells[column]), key(b.cells[column])) * (ascending ? 1 : -1));
          table.tBodies[0].append(...rows);
        });
      });
    }

    function key(cell) {
      const number = Number.parseFloat(cell.dataset.value ?? cell.textContent.replaceAll(",", ""));
      return Number.isNaN(number) ? cell.textContent : number;
    }

    function compare(a, b) {
      if (typeof a === "number" && typeof b === "number") return a - b;
      return String(a).localeCompare(String(b));
    }
  }

  function unfoldGalleries() {
    for (const gallery of document.querySelectorAll(".gallery.folded")) {
      const hidden = [...gallery.children].some((item) => getComputedStyle(item).display === "none");
      if (!hidden) continue;
      const button = element("button", { type: "button", class: "plain" }, `Show all ${gallery.children.length}`);
      button.addEventListener("click", () => {
        gallery.classList.remove("folded");
        button.remove();
      });
      gallery.after(button);
    }
  }

  function isReal(row) {
    return row < pool.real;
  }

  function sideName(row) {
    return isReal(row) ? "real" : "synthetic";
  }

  function picture(row) {
    const shown = document.querySelector(`img[data-row="${row}"]`);
    const source = shown ? shown.src : pool.pictures[row] && `data:image/webp;base64,${pool.pictures[row]}`;
    if (!source) return null;
    const image = element("img", { alt: "" });
    image.src = source;
    return image;
  }

  function blank() {
    return element("div", { class: "blank" }, "no picture on this page");
  }

  function path(row) {
    return element("span", { class: "path" }, pool.names[row]);
  }

  function explainPairs() {
    const dialog = byId("pair");
    byId("close").addEventListener("click", () => dialog.close());
    byId("previous").addEventListener("click", () => step(-1));
    byId("next").addEventListener("click", () => step(1));
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") step(-1);
      if (event.key === "ArrowRight") step(1);
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    for (const button of document.querySelectorAll("button[data-open]")) {
      button.addEventListener("click", () => {
        const gallery = [...button.closest(".gallery").querySelectorAll("button[data-open]")];
        openWalk(gallery.map((other) => Number(other.dataset.open)), gallery.indexOf(button));
      });
    }
  }

  function openWalk(rows, place) {
    walk = { rows, place };
    openPair(rows[place]);
  }

  function step(by) {
    const place = walk ? walk.place + by : -1;
    if (!walk || !(place in walk.rows)) return;
    walk.place = place;
    openPair(walk.rows[place]);
  }

  function openPair(row) {
    const dialog = byId("pair");
    const across = pool.across[row];
    const within = pool.within[row];
    const other = isReal(row) ? "synthetic" : "real";
    const passes = pool.acrossDistance[row] <= pool.withinDistance[row];
    dialog.querySelector("strong").textContent = passes
      ? `A ${sideName(row)} image: its nearest image is ${other}`
      : `A ${sideName(row)} image: its nearest image is ${sideName(row)}, too`;
    const views = [
      view(row, `This ${sideName(row)} image`),
      view(across, `Nearest ${other} image`, pool.acrossDistance[row]),
    ];
    if (!passes) views.push(view(within, `Nearest ${sideName(row)} image`, pool.withinDistance[row]));
    dialog.querySelector(".beside").replaceChildren(...views);
    for (const [id, by] of [["previous", -1], ["next", 1]]) {
      byId(id).hidden = !walk;
      byId(id).disabled = !(walk && walk.place + by in walk.rows);
    }
    byId("tip").hidden = true;
    if (!dialog.open) dialog.showModal();
  }

  function view(row, title, distance) {
    const caption = element("figcaption", {}, element("b", {}, title));
    if (distance !== undefined) caption.append(`, distance ${distance}`);
    caption.append(element("br"), path(row));
    return element("figure", { class: `side-${sideName(row)}` }, picture(row) ?? blank(), caption);
  }

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function inTheme(value) {
    if (typeof value === "string") return value.startsWith("--") ? color(value) : value;
    if (Array.isArray(value)) return value.map(inTheme);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inTheme(item)]));
    }
    return value;
  }

  function drawEverything() {
    for (const place of document.querySelectorAll(".chart")) drawChart(place);
    const place = document.querySelector(".map");
    if (place && pool) drawMap(place);
  }

  function layoutOf(extra) {
    const axis = { gridcolor: color("--line"), zerolinecolor: color("--line"), linecolor: color("--line") };
    const own = inTheme(extra);
    return {
      margin: { l: 50, r: 15, t: 10, b: 45 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: color("--ink"), family: "system-ui, sans-serif", size: 13 },
      hoverlabel: { bgcolor: color("--paper"), font: { color: color("--ink") } },
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
      showlegend: false,
      ...own,
      xaxis: { ...axis, ...own.xaxis },
      yaxis: { ...axis, ...own.yaxis },
    };
  }

  function drawChart(place) {
    const chart = payload.charts[place.dataset.chart];
    const config = { responsive: true, displaylogo: false, displayModeBar: false };
    // Paper is narrower than the window, and no resizing tells of it.
    const size = matchMedia("print").matches ? { width: place.clientWidth } : { autosize: true };
    Plotly.react(place, inTheme(chart.data), layoutOf({ ...chart.layout, ...size }), config);
  }

  function drawMap(place) {
    const choices = [...document.querySelectorAll("input[name=layout]")];
    const chosen = Math.max(0, choices.findIndex((choice) => choice.checked));
    const count = pool.onMap.length;
    const real = pool.onMap.filter(isReal).length;
    const size = count < 3000 ? 8 : count < 15000 ? 5 : 3.5;
    const { x, y } = pool.maps[chosen];
    const hidden = { showgrid: false, zeroline: false, showticklabels: false, showline: false, ticks: "" };
    const chosenColor = document.querySelector("input[name=color]:checked")?.value ?? "side";
    const trace = (side, from, to, symbol) => ({
      type: "scattergl",
      mode: "markers",
      name: `${side} (${(to - from).toLocaleString("en")})`,
      x: x.slice(from, to),
      y: y.slice(from, to),
      hoverinfo: "none",
      marker: { size, symbol, color: pointColors(side, pool.onMap.slice(from, to), chosenColor), opacity: count < 3000 ? 0.8 : 0.55 },
    });
    const traces = [trace("real", 0, real, "circle"), trace("synthetic", real, count, "diamond")];
    const layout = layoutOf({
      margin: { l: 8, r: 8, t: 8, b: 8 },
      hovermode: "closest",
      showlegend: true,
      legend: { orientation: "h", x: 0, y: 1, yanchor: "top", bgcolor: "--paper" },
      uirevision: chosen,
      xaxis: hidden,
      yaxis: { ...hidden, scaleanchor: "x" },
    });
    const config = {
      responsive: true,
      displaylogo: false,
      modeBarButtonsToRemove: ["autoScale2d"],
    };
    Plotly.react(place, traces, layout, config);
    if (!matchMedia("print").matches) setTimeout(() => preparePrint(place, traces, layout), 300);
    if (place.dataset.listening) return;
    place.dataset.listening = "true";
    const rowOf = (event) => pool.onMap[event.points[0].pointIndex + event.points[0].curveNumber * real];
    place.on("plotly_hover", (event) => showTip(rowOf(event), event.event));
    place.on("plotly_unhover", () => (byId("tip").hidden = true));
    place.on("plotly_click", (event) => {
      walk = null;
      openPair(rowOf(event));
    });
    place.on("plotly_selected", (event) => {
      if (!browse || !event) return;
      browse.only(event.points.map((point) => pool.onMap[point.pointIndex + point.curveNumber * real]));
      byId("all").scrollIntoView({ behavior: "smooth" });
    });
    for (const choice of choices) choice.addEventListener("change", () => drawMap(place));
    offerColors(place);
  }

  function offerColors(place) {
    const box = byId("colors");
    const names = Object.keys(labels);
    if (!box || !names.length) return;
    box.hidden = false;
    for (const name of ["side", ...names]) {
      const choice = element("input", { type: "radio", name: "color", value: name });
      choice.checked = name === "side";
      choice.addEventListener("change", () => drawMap(place));
      box.append(element("label", {}, choice, ` ${name}`));
    }
  }

  // Values take hues far apart in turn; images without one are grey.
  function pointColors(side, rows, name) {
    const of = labels[name]?.of;
    if (!of) return color(`--${side}`);
    return rows.map((row) => (of[row] < 0 ? "#8888" : `hsl(${(of[row] * 137.5) % 360} 65% 50%)`));
  }

  function copyPathsOnClick() {
    document.addEventListener("click", async (event) => {
      const shown = event.target.closest(".path");
      if (!shown || shown.closest("button, #tip, dd, td")) return;
      const text = shown.dataset.path ?? shown.textContent;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        getSelection().selectAllChildren(shown);
        document.execCommand("copy");
      }
      shown.dataset.path = text;
      shown.textContent = "copied";
      setTimeout(() => (shown.textContent = text), 700);
    });
  }

  // A canvas keeps the width of the screen on paper, so that paper gets a picture.
  async function preparePrint(place, data, layout) {
    const size = { width: 1100, height: 720 };
    const figure = { data, layout: { ...layout, ...size, showlegend: false } };
    const image = element("img", { class: "map-print", alt: "Map of all images" });
    image.src = await Plotly.toImage(figure, { format: "png", ...size });
    document.querySelector(".map-print")?.remove();
    place.after(image);
    place.classList.add("printable");
  }

  function showTip(row, event) {
    const tip = byId("tip");
    const share = Math.round(pool.share[row] * 100);
    tip.replaceChildren(
      ...[picture(row)].filter(Boolean),
      element("b", { class: sideName(row) }, sideName(row)),
      element("br"),
      path(row),
      element("br"),
      element("span", { class: "faint" }, `${share}% of its neighbors are real. Click to see the pair.`),
    );
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const beyond = event.clientX + 16 + box.width > innerWidth;
    tip.style.left = `${Math.max(4, beyond ? event.clientX - 16 - box.width : event.clientX + 16)}px`;
    tip.style.top = `${Math.max(4, Math.min(event.clientY + 12, innerHeight - box.height - 4))}px`;
  }
})();

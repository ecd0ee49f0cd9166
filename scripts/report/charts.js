(function () {
  "use strict";
  const charts = Array.from(document.querySelectorAll(".chart"));
  const phone = window.matchMedia("(max-width: 620px)");
  const PRINT_WIDTH = 660;

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    return { ink: of("--ink"), quiet: of("--quiet"), line: of("--line"), panel: of("--panel") };
  }

  function themed(layout) {
    const c = colours();
    const font = getComputedStyle(document.body).fontFamily;
    layout.font = { family: font, color: c.ink, size: phone.matches ? 12 : 13 };
    for (const axis of [layout.xaxis, layout.yaxis]) {
      Object.assign(axis, { gridcolor: c.line, zerolinecolor: c.line, linecolor: c.line });
      axis.tickfont = { color: c.quiet };
    }
    layout.hoverlabel = { bgcolor: c.panel, bordercolor: c.quiet, font: { color: c.ink }, align: "left" };
    for (const shape of layout.shapes || []) shape.line.color = c.quiet;
    return layout;
  }

  function draw(chart) {
    const width = chart.clientWidth;
    const layout = themed(Object.assign({}, chart.figure.layout, { width: width }));
    chart.style.minHeight = layout.height + "px";
    return Plotly.react(chart.stage, chart.figure.data, layout, { displayModeBar: false, scrollZoom: false });
  }

  function drawAll() { charts.forEach(draw); }

  charts.forEach(function (chart) {
    chart.figure = JSON.parse(chart.querySelector("script").textContent);
    chart.stage = document.createElement("div");
    chart.appendChild(chart.stage);
    draw(chart);
  });

  document.querySelectorAll(".views").forEach(function (group) {
    const chart = document.getElementById(group.dataset.for);
    group.addEventListener("click", function (event) {
      const view = event.target.dataset.view;
      if (!view) return;
      for (const trace of chart.figure.data) trace.visible = trace.meta.view === view;
      for (const button of group.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.dataset.view === view));
      }
      draw(chart);
    });
  });

  let waiting = 0;
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 150);
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  window.addEventListener("beforeprint", function () {
    charts.forEach(function (chart) { chart.style.width = PRINT_WIDTH + "px"; });
    document.querySelectorAll("details").forEach(function (d) { d.dataset.was = d.open; d.open = true; });
    drawAll();
  });
  window.addEventListener("afterprint", function () {
    charts.forEach(function (chart) { chart.style.width = ""; });
    document.querySelectorAll("details").forEach(function (d) { d.open = d.dataset.was === "true"; });
    drawAll();
  });
})();

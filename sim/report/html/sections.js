// Puts the sections together. `#figure=ID` shows one figure alone, as large as the window.

const report = {figures: new Map(), onPaper: false};
window.report = report;

/// Marks that a figure on the page may have as vectors.
const kMostVectors = 2000;

/// Draws a figure; redrawn when the colour scheme or a choice changes.
function figureNode(figure) {
  const box = element('div', {class: 'chart', tabindex: 0, role: 'img', 'aria-label': `${figure.title}. ${figure.text}`,
    style: `height: ${figure.height}px`});
  const details = figure.table ? figure.table() : null;
  const node = element('figure', {id: `figure-${figure.id}`}, element('h3', {}, figure.title), box,
    element('figcaption', {}, figure.text), details ? element('details', {}, element('summary', {}, 'The numbers'), details) : null);
  let chart = null;
  const alone = () => document.body.classList.contains('single');
  const option = () => fitted(figure.option(), box.clientWidth, alone() || report.onPaper);
  const drawn = {
    id: figure.id,
    node,
    draw() {
      // A picture of very many marks draws at once where a document of them takes seconds.
      chart = echarts.init(box, null, {renderer: figure.marks > kMostVectors && !alone() ? 'canvas' : 'svg'});
      chart.setOption(option());
      if (figure.ready) figure.ready(chart);
      report.figures.set(figure.id, chart);
      let mark = -1;
      box.addEventListener('keydown', (event) => {
        const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
        if (!step) return;
        event.preventDefault();
        mark = stepMark(chart, mark, step);
      });
    },
    redraw() { if (chart) chart.setOption(option(), true); },
    resize() {
      if (!chart) return;
      chart.resize();
      const {grid, toolbox} = option();
      chart.setOption(toolbox ? {grid, toolbox} : {grid});
    },
  };
  return drawn;
}

/// Arrow keys walk over the marks of all series, showing each one's text.
function stepMark(chart, mark, step) {
  const places = chart.getOption().series.flatMap((series, seriesIndex) =>
    series.data.map((unused, dataIndex) => ({seriesIndex, dataIndex})));
  if (places.length === 0) return -1;
  const next = (mark + step + places.length) % places.length;
  chart.dispatchAction({type: 'showTip', ...places[next]});
  return next;
}

function heading(payload, model) {
  const counts = ['reproduced', 'calibrated', 'deviates', 'information'].map((verdict) =>
    [verdict, model.checks.filter((check) => check.verdict === verdict).length]).filter(([, count]) => count > 0);
  return [element('h1', {}, payload.title),
    element('p', {class: 'quiet'}, `bitscale ${payload.version}; made from ${payload.inputs.map((input) => input.name).join(', ')}`),
    counts.length ? element('ul', {class: 'verdicts', 'aria-label': 'Verdicts'},
      counts.map(([verdict, count]) => element('li', {class: verdict}, `${count} ${verdict}`))) : null].filter(Boolean);
}

function summaryTable(model) {
  const totals = (run) => run.result.totals;
  const compared = model.runs.some((run) => run.speedup);
  return table('Runs', [
    {key: 'workload', name: 'network', value: (run) => run.workload},
    {key: 'profile', name: 'profile', value: (run) => run.profile},
    {key: 'machine', name: 'machine', value: (run) => run.machine},
    {key: 'macs', name: 'MACs', value: (run) => totals(run).macs},
    {key: 'cycles', name: 'cycles', value: (run) => totals(run).cycles},
    {key: 'time', name: 'time', unit: 's', value: (run) => totals(run).seconds},
    ...(compared ? [{key: 'speedup', name: 'speed-up', unit: 'x', value: (run) => run.speedup},
      {key: 'gain', name: 'energy gain', unit: 'x', value: (run) => run.energy_gain}] : []),
    {key: 'utilization', name: 'utilization', unit: '%', value: (run) => totals(run).utilization},
    {key: 'energy', name: 'energy', unit: 'J', value: (run) => joule(totals(run).energy_pJ)},
    {key: 'mac', name: 'energy per MAC', unit: 'J', value: (run) => joule(totals(run).pJ_per_mac)},
    {key: 'power', name: 'power', unit: 'W', value: (run) => milli(totals(run).average_power_mW)},
    {key: 'tops', name: 'TOPS/W', value: (run) => totals(run).tops_per_W},
    {key: 'area', name: 'area (mm\u00b2)', value: (run) => (totals(run).area_um2 ? totals(run).area_um2 / 1e6 : null)},
    {key: 'dram', name: 'DRAM', unit: 'B', value: (run) => totals(run).dram_bits / 8},
    {key: 'operands', name: 'operands', value: (run) => totals(run).operands},
  ], model.runs, {filter: true}).node;
}

function provenance(model) {
  const names = ['version', 'command', 'machine', 'workload', 'profile', 'technology', 'fidelity', 'energy_model', 'config_sha256',
    'workload_sha256', 'technology_sha256', 'result_digest'];
  const facts = (name) => unique(model.runs.flatMap((run) => run.result.provenance[name] || []));
  const list = (title, items) => (items.length
    ? element('details', {}, element('summary', {}, `${title} (${items.length})`), element('ul', {}, items.map((item) => element('li', {}, item))))
    : null);
  return [
    table('Provenance', names.map((key) => ({key, name: words(key), long: key === 'command', value: (run) => run.result.provenance[key]})), model.runs).node,
    list('Assumed: what no source states', facts('assumed')), list('Recalled from publications, not checked again', facts('recalled')),
    list('Costs that are not checked publications', facts('costs')),
  ].filter(Boolean);
}

function mappings(model) {
  const rows = model.runs.flatMap((run) => arrayLayers(run).map((layer) => ({run, layer})));
  return table('Mapping per layer', [
    {key: 'run', name: 'run', value: ({run}) => run.label},
    {key: 'layer', name: 'layer', value: ({layer}) => layer.name},
    {key: 'bits', name: 'bits (activations x weights)', value: ({layer}) => `${layer.activation_bits} x ${layer.weight_bits}`},
    {key: 'macs', name: 'MACs', value: ({layer}) => layer.macs},
    {key: 'cycles', name: 'cycles', value: ({layer}) => layer.cycles},
    {key: 'utilization', name: 'utilization', unit: '%', value: ({layer}) => layer.utilization},
    {key: 'dram', name: 'DRAM', unit: 'B', value: ({layer}) => layer.dram_bits / 8},
    {key: 'mapping', name: 'loops, outermost first', long: true, value: ({layer}) => layer.mapping},
  ], rows).node;
}

// Entry: reads the data, builds the sections, draws when everything is in place.

function sectionsOf(model, register) {
  const sections = [];
  const add = (id, title, nodes) => {
    if (nodes.length) sections.push({id: freeName(id, sections.map((section) => section.id)), title, nodes});
  };
  const drawn = (figures) => figures.filter(Boolean).map((figure) => register(figure).node);

  if (model.checks.length) add('published', 'Published figures', [...drawn([verdictFigure(model)]), verdictTable(model)]);
  if (model.runs.length) {
    const conditions = model.conditions.map(({equal, free}) =>
      element('p', {}, `Held equal: ${equal.join('; ')}. Free: ${free.join('; ')}.`));
    add('runs', 'Runs', [...conditions, summaryTable(model)]);
    for (const group of model.groups) {
      add('comparison', model.groups.length > 1 ? `Speed and energy: ${group.name}` : 'Speed and energy', comparisonNodes(group, register));
    }
    add('layers', 'Layers', layerNodes(model, register));
    const roofs = rooflineFigure(model);
    if (roofs) add('roofline', 'Roofline', drawn([roofs]));
    add('mapping', 'Mapping', [mappings(model)]);
  }
  if (model.explanations.length) add('advice', 'What would help', [adviceTable(model.explanations)]);
  for (const scaling of model.scalings) add('precision', 'Precision and supply', [...drawn(scalingFigures(scaling)), scalingTable(scaling)]);
  for (const study of model.widths) add('widths', `Accumulators of ${study.workload}`, [...drawn(widthFigures(study)), widthTable(study)]);
  for (const sweep of model.sweeps) add('sweep', `Sweep ${sweep.name}`, sweepSection(sweep, register));
  add('provenance', 'Provenance', [...(model.runs.length ? provenance(model) : []), ...model.sweeps.flatMap(sweepProvenance)]);
  return sections;
}

/// Figures that a choice replaces: `show(choice)` draws those that `figuresOf(choice)` names.
function changingFigures(figuresOf, register) {
  const holder = element('div');
  let figures = [];
  const show = (choice) => {
    figures.forEach((figure) => register.forget(figure));
    figures = figuresOf(choice).map(register);
    holder.replaceChildren(...figures.map((figure) => figure.node));
    if (document.contains(holder)) figures.forEach((figure) => figure.draw());
  };
  return {holder, show};
}

/// One comparison's figures: ratios and their means hold within it.
function comparisonNodes(group, register) {
  const {holder, show} = changingFigures((scale) => runFigures(group, scale === 'relative'), register);
  show('relative');
  const several = unique(group.runs.map((run) => run.workload)).length > 1;
  const choices = [['relative', "relative to each network's first machine"], ['absolute', 'absolute']];
  const controls = several ? element('div', {class: 'controls'}, chooser('Bars', choices, 'relative', show)) : null;
  return [controls, holder].filter(Boolean);
}

/// The layers of one run at a time.
function layerNodes(model, register) {
  const {holder, show} = changingFigures((index) => layerFigures(model.runs[Number(index)]), register);
  show('0');
  const choices = model.runs.map((run, i) => [String(i), run.label]);
  const controls = model.runs.length > 1
    ? element('div', {class: 'controls'}, chooser('Run', choices, '0', show)) : null;
  return [controls, holder].filter(Boolean);
}

function schemeButton(redraw) {
  return element('button', {type: 'button', onclick: () => {
    const root = document.documentElement;
    const dark = root.dataset.scheme ? root.dataset.scheme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.scheme = dark ? 'light' : 'dark';
    redraw();
  }}, 'Light / dark');
}

/// Paper is white, whatever scheme the reader has.
function printOnWhite(redraw) {
  const root = document.documentElement;
  let before;
  addEventListener('beforeprint', () => {
    before = root.dataset.scheme;
    root.dataset.scheme = 'light';
    report.onPaper = true;
    redraw();
  });
  addEventListener('afterprint', () => {
    if (before) root.dataset.scheme = before;
    else delete root.dataset.scheme;
    report.onPaper = false;
    redraw();
  });
}

function showAlone(id, drawn) {
  const chosen = drawn.find((one) => one.id === id);
  if (!chosen) return [];
  document.body.classList.add('single');
  document.querySelector('main').replaceChildren(chosen.node);
  return [chosen];
}

function main() {
  const payload = JSON.parse(document.getElementById('data').textContent);
  const model = readModel(payload.inputs);
  let drawn = [];
  const register = (figure) => {
    const one = figureNode({...figure, id: freeName(figure.id, drawn.map((other) => other.id))});
    drawn.push(one);
    return one;
  };
  register.forget = (one) => { drawn = drawn.filter((other) => other !== one); };
  const redrawAll = () => drawn.forEach((one) => one.redraw());
  const sections = sectionsOf(model, register);
  document.getElementById('head').append(...heading(payload, model));
  document.getElementById('contents').append(
    ...sections.map(({id, title}) => element('a', {href: `#${id}`}, title)), schemeButton(redrawAll));
  document.getElementById('content').append(
    ...sections.map(({id, title, nodes}) => element('section', {id, 'aria-label': title}, element('h2', {}, title), nodes)));
  document.body.dataset.figures = drawn.map((one) => one.id).join(' ');
  const alone = /^#figure=(\w+)$/.exec(location.hash);
  if (alone) drawn = showAlone(alone[1], drawn);
  drawn.forEach((one) => one.draw());
  const resize = () => drawn.forEach((one) => one.resize());
  addEventListener('resize', resize);
  printOnWhite(() => { redrawAll(); resize(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);
  report.ready = true;
}

try {
  main();
} catch (error) {
  document.getElementById('content').append(element('p', {role: 'alert'},
    `An input is not what this version of bitscale writes: ${error.message}`));
  throw error;
}

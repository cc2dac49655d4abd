// What the report's inputs hold, in the shapes that figures and tables use.

function readModel(inputs) {
  const model = {runs: [], groups: [], conditions: [], checks: [], explanations: [], scalings: [], sweeps: [], widths: []};
  for (const {name, kind, data} of inputs) {
    if (kind === 'run') model.runs.push(runOf(data, name));
    if (kind === 'compare') {
      model.conditions.push({equal: data.held_equal, free: data.free});
      const runs = data.runs.map((one) => ({...runOf(one.result, name), ...comparisonOf(one)}));
      model.groups.push({name, runs, means: data.geometric_means});
      model.runs.push(...runs);
    }
    if (kind === 'reproduce') model.checks.push(...data.checks);
    if (kind === 'accuracy') model.runs.push(...data.runs.map((one) => runOf(one.result, name)));
    if (kind === 'explain_layer') model.explanations.push(data);
    if (kind === 'precision_sweep') model.scalings.push(data);
    if (kind === 'accumulator') model.widths.push(data);
    if (kind === 'sweep') model.sweeps.push({...data, points: pointsOf(data)});
  }
  const single = model.runs.filter((run) => !run.baseline);
  if (single.length) model.groups.push({name: 'single runs', runs: single, means: []});
  tellApart(model.runs);
  return model;
}

/// Labels that several runs share get what else there is: profiles, then where they come from.
function tellApart(runs) {
  for (const more of [(run) => run.profile, (run) => run.source]) {
    const shared = runs.filter((run) => runs.some((other) => other !== run && other.label === run.label));
    for (const run of shared) run.label += `, ${more(run) || 'no profile'}`;
  }
}

function runOf(result, source) {
  const {machine, workload, profile} = result.provenance;
  return {source, machine, workload, profile, result, label: `${workload} on ${machine}`};
}

function comparisonOf(one) {
  return {baseline: one.baseline, speedup: one.speedup, energy_gain: one.energy_gain};
}

const unique = (values) => [...new Set(values)];

/// Names of parts over all rows, in order of first appearance, without those that are 0 everywhere.
function partsOf(rows, partsOfRow) {
  const names = unique(rows.flatMap((row) => Object.keys(partsOfRow(row) || {})));
  return names.filter((name) => rows.some((row) => (partsOfRow(row) || {})[name] > 0));
}

const energyParts = (part) => part.energy_by_component_pJ;
const cycleParts = (part) => part.cycles_by_cause;

/// Layers that the array computes, of one run.
const arrayLayers = (run) => run.result.layers.filter((layer) => layer.macs > 0);

/// A sweep's columns, each a list, {same} or {levels, at}, as an object per point.
function pointsOf({shown, columns}) {
  const points = Array.from({length: shown}, () => ({}));
  for (const [name, column] of Object.entries(columns)) {
    const value = Array.isArray(column) ? (i) => column[i] : column.at ? (i) => column.levels[column.at[i]] : () => column.same;
    for (let i = 0; i < shown; ++i) points[i][name] = value(i);
  }
  return points;
}

/// Columns of a sweep's rows that hold numbers: what its metrics are, the keys left out.
function sweepMetrics(sweep, rows) {
  const known = new Set(['index', 'feasible', ...sweep.keys]);
  return Object.keys(sweep.columns).filter((name) => !known.has(name) && rows.some((row) => typeof row[name] === 'number'));
}

/// Rows that no other row is better than in both metrics; `signs` are 1 where less is better, else -1.
function paretoFront(rows, [x, y], [signX, signY]) {
  const sorted = rows.filter((row) => Number.isFinite(row[x]) && Number.isFinite(row[y]))
    .sort((a, b) => signX * (a[x] - b[x]) || signY * (a[y] - b[y]));
  const front = [];
  let best = Infinity;
  for (const row of sorted) {
    if (signY * row[y] >= best) continue;
    best = signY * row[y];
    front.push(row);
  }
  return front;
}

// Figures of runs and comparisons. A figure is {id, title, text, height, option(), table()}: the option is ECharts',
// the table has the figure's numbers.

/// What all figures share.
function baseOption() {
  const text = colour('text'), quiet = colour('quiet'), line = colour('line');
  const axis = {axisLine: {lineStyle: {color: quiet}}, axisLabel: {color: text}, nameTextStyle: {color: quiet},
    splitLine: {lineStyle: {color: line}}, nameLocation: 'middle', nameGap: 34};
  return {
    animation: false, backgroundColor: 'transparent', textStyle: {color: text, fontFamily: 'system-ui, sans-serif'},
    color: [...Array(kColours).keys()].map(seriesColour), axis,
    legend: {top: 0, textStyle: {color: text}},
    tooltip: {backgroundColor: colour('panel'), borderColor: line, textStyle: {color: text}, confine: true},
    grid: {left: 12, right: 24, top: 44, bottom: 12, containLabel: true}, aria: {enabled: true},
  };
}

function chartOption(option) {
  const {axis, ...base} = baseOption();
  const merged = {...base, ...option};
  for (const key of ['xAxis', 'yAxis']) {
    if (!option[key]) continue;
    merged[key] = {...axis, ...option[key], axisLabel: {...axis.axisLabel, ...option[key].axisLabel}};
  }
  merged.tooltip = {...base.tooltip, ...option.tooltip};
  merged.grid = {...base.grid, ...option.grid};
  merged.legend = {...base.legend, ...option.legend};
  return merged;
}

/// The same with room above the plot for all lines of the legend; without buttons where it stands `still`, as on paper.
function fitted(option, width, still) {
  const names = option.legend.show === false ? [] : unique(option.series.map((series) => series.name));
  const icon = (option.legend.itemWidth ?? 25) + 16;
  let lines = 1;
  let used = 0;
  for (const name of names) {
    const wide = labelWidth([name]) + icon;
    if (used > 0 && used + wide > width - 20) {
      ++lines;
      used = 0;
    }
    used += wide;
  }
  const top = option.grid.top + 22 * (lines - 1);
  return {...option, grid: {...option.grid, top}, ...(option.toolbox ? {toolbox: {...option.toolbox, show: !still}} : {})};
}

/// A dashed line across the figure.
const lineAt = (axis, value) => ({silent: true, symbol: 'none', label: {show: false}, animation: false,
  lineStyle: {color: colour('quiet'), type: 'dashed'}, data: [{[axis]: value}]});

const itemTooltip = (text) => ({trigger: 'item', formatter: (mark) => text(mark)});

const kMean = 'geometric mean';

/// Speed-up (or energy gain) over the baseline per network, and the geometric means.
function gainFigure(group, key, title, id) {
  const compared = group.runs.filter((run) => run[key] > 0);
  if (compared.length < 2) return null;
  const workloads = unique(compared.map((run) => run.workload));
  const machines = unique(compared.map((run) => run.machine));
  const means = workloads.length > 1;
  const value = (machine, workload) => compared.find((run) => run.machine === machine && run.workload === workload)?.[key];
  const mean = (machine) => group.means.find((one) => one.machine === machine)?.[key] ?? null;
  const categories = means ? [...workloads, kMean] : workloads;
  const rows = machines.flatMap((machine) => [
    ...workloads.map((workload) => ({machine, workload, gain: value(machine, workload)})),
    ...(means ? [{machine, workload: kMean, gain: mean(machine)}] : []),
  ]).filter((row) => row.gain);
  const baselines = unique(compared.map((run) => run.baseline)).join(', ');
  return {
    id, title, height: 340,
    text: `Ratios over ${baselines}; more is better. The line is at 1.`,
    option: () => chartOption({
      xAxis: {type: 'category', data: categories, axisLabel: {interval: 0, rotate: categories.length > 8 ? 30 : 0}},
      yAxis: {type: 'value', name: `${title.toLowerCase()} over ${baselines}`, nameGap: 36},
      grid: {left: 36},
      tooltip: itemTooltip((mark) => `${escaped(mark.seriesName)}<br>${escaped(mark.name)}: ${quantity(mark.value, 'x')}`),
      series: machines.map((machine, i) => ({
        type: 'bar', name: machine, barMaxWidth: 48, markLine: i > 0 ? undefined : lineAt('yAxis', 1),
        data: categories.map((category) => (category === kMean ? mean(machine) : value(machine, category)) ?? '-'),
        label: {show: machines.length * categories.length <= 40, position: 'top', color: colour('text'), fontSize: 10,
          formatter: (mark) => (typeof mark.value === 'number' ? plain(Number(mark.value.toPrecision(3))) : '')},
      })),
    }),
    table: () => table(title, [
      {key: 'workload', name: 'network', value: (row) => row.workload},
      {key: 'machine', name: 'machine', value: (row) => row.machine},
      {key: 'gain', name: words(key), unit: 'x', value: (row) => row.gain},
    ], rows).node,
  };
}

/// Bars of parts stacked per row; `relative` draws every group's bars against its first one.
function stackedFigure({id, title, text, rows, label, group, parts, unit, relative, axis}) {
  const names = partsOf(rows, parts);
  if (names.length === 0) return null;
  const total = (row) => names.reduce((sum, name) => sum + (parts(row)[name] || 0), 0);
  const scale = (row) => (relative ? total(rows.find((other) => group(other) === group(row))) || 1 : 1);
  // The first row on top.
  const order = [...rows].reverse();
  return {
    id, title, text, height: 100 + (rows.length > 50 ? 18 : 26) * rows.length,
    option: () => chartOption({
      yAxis: {type: 'category', data: order.map(label), axisLabel: {interval: 0}, name: ''},
      xAxis: {type: 'value', name: axis, nameGap: 30,
        axisLabel: {formatter: (value) => (relative ? plain(value) : unit ? quantity(value, unit) : compact(value))}},
      grid: {left: labelWidth(order.map(label)) + 16, bottom: 52, containLabel: false},
      tooltip: itemTooltip((mark) => {
        const row = order[mark.dataIndex];
        const part = parts(row)[mark.seriesName.replace(/ /g, '_')] ?? parts(row)[mark.seriesName];
        return `${escaped(label(row))}<br>${escaped(mark.seriesName)}: ${quantity(part, unit)} (${quantity(part / total(row), '%')})`;
      }),
      series: names.map((name, i) => ({
        type: 'bar', stack: 'parts', name: words(name), barMaxWidth: 28,
        itemStyle: {color: seriesColour(i), borderColor: colour('ground'), borderWidth: 0.5},
        data: order.map((row) => (parts(row)[name] || 0) / scale(row)),
      })),
    }),
    table: () => table(title, [
      {key: 'label', name: '', value: label},
      {key: 'total', name: 'total', unit, value: total},
      ...names.map((name) => ({key: name, name: words(name), unit, value: (row) => parts(row)[name]})),
    ], rows).node,
  };
}

const kPico = 1e-12;
const joule = (pJ) => (typeof pJ === 'number' ? pJ * kPico : null);
const milli = (value) => (typeof value === 'number' ? value / 1e3 : null);

/// Parts in joules, so that they print with one prefix each.
function joules(parts) {
  return Object.fromEntries(Object.entries(parts || {}).map(([name, pJ]) => [name, pJ * kPico]));
}

function runFigures(group, relative) {
  const {runs} = group;
  if (runs.length === 0) return [];
  const many = unique(runs.map((run) => run.workload)).length > 1;
  const scaled = relative && many;
  const common = {rows: runs, label: (run) => run.label, group: (run) => run.workload, relative: scaled};
  const axis = (name) => (scaled ? `${name}, relative to the network's first machine` : name);
  return [
    gainFigure(group, 'speedup', 'Speed-up', 'speedup'),
    gainFigure(group, 'energy_gain', 'Energy gain', 'energy_gain'),
    stackedFigure({...common, id: 'energy', title: 'Energy by component', unit: 'J', axis: axis('energy'),
      text: 'Every component, and the operands on the DRAM channel.', parts: (run) => joules(energyParts(run.result.totals))}),
    stackedFigure({...common, id: 'cycles', title: 'Cycles by cause', unit: '', axis: axis('cycles'),
      text: 'Computing, and each reason why the array waits.', parts: (run) => cycleParts(run.result.totals)}),
  ].filter(Boolean);
}

function layerFigures(run) {
  const rows = run.result.layers.filter((layer) => layer.cycles > 0);
  const common = {rows, label: (layer) => layer.name, group: () => '', relative: false};
  return [
    stackedFigure({...common, id: 'layer_energy', title: 'Energy per layer', unit: 'J', axis: 'energy', text: run.label,
      parts: (layer) => joules(energyParts(layer))}),
    stackedFigure({...common, id: 'layer_cycles', title: 'Cycles per layer', unit: '', axis: 'cycles', text: run.label,
      parts: cycleParts}),
    stackedFigure({...common, rows: arrayLayers(run), id: 'slots', title: 'Product slots per layer', unit: '', axis: 'share of the slots',
      text: `What the ${quantity(run.result.machine.positions)} multiplier positions of ${run.machine} did in every cycle.`,
      parts: (layer) => layer.slots, relative: true, group: (layer) => layer.name}),
  ].filter(Boolean);
}

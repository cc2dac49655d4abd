// A sweep: a scatter over any two metrics, with its Pareto front; brushed points fill the table.

/// Metrics of which more is better, unless an objective says so; of all others less is.
const kMoreIsBetter = /speedup|gain|tops|utilization|accuracy|per_s$|per_W|per_mm2/;

/// Without the limit that a call's arguments have.
const smallest = (values) => values.reduce((least, value) => Math.min(least, value), Infinity);

/// Whether a logarithmic axis shows more: positive values over more than a decade.
function spansDecades(values) {
  const finite = values.filter(Number.isFinite);
  const least = smallest(finite);
  return least > 0 && -smallest(finite.map((value) => -value)) / least > 10;
}

/// An axis for values of a metric; a logarithmic one ends at the 1, 2 or 5 next to them, not at whole decades.
function metricAxis(metric, values) {
  const {name, text} = metricText(metric);
  const finite = values.filter(Number.isFinite);
  const [least, most] = [smallest(finite), -smallest(finite.map((value) => -value))];
  // As many digits as tell marks next to each other apart.
  const digits = Math.min(Math.max(4, Math.ceil(Math.log10(Math.abs(most) / (most - least))) + 2), 10);
  const axis = {type: 'value', name, scale: true, axisLabel: {hideOverlap: true, formatter: (value) => text(value, true, Number.isFinite(digits) ? digits : 4)}};
  if (!spansDecades(values)) return axis;
  const nice = (value, steps, within) => {
    const decade = 10 ** Math.floor(Math.log10(value));
    return steps.find((step) => within(step * decade)) * decade;
  };
  return {...axis, type: 'log', min: nice(least, [5, 2, 1], (step) => step <= least * 1.0001),
    max: nice(most, [1, 2, 5, 10], (step) => step >= most * 0.9999)};
}

/// Groups that plain colours tell apart well; more of them, where they are numbers, get a ramp.
const kMostPlain = 4;

/// Name of the series of points that do not meet the sweep's constraints.
const kExcluded = 'not feasible';

/// Most colours that an eye tells apart.
const kMostColours = 10;

/// Rows by value of a key, as [name, rows]; of more values than colours, by ranges of as many values each.
function colourGroups(rows, key) {
  const values = unique(rows.map((row) => row[key])).sort(compareValues);
  const step = values.length > kMostColours ? Math.ceil(values.length / kMostColours) : 1;
  const groups = [];
  const groupOf = new Map();
  for (let i = 0; i < values.length; i += step) {
    const last = values[Math.min(i + step, values.length) - 1];
    groups.push([last === values[i] ? settingText(last) : `${settingText(values[i])} to ${settingText(last)}`, []]);
    for (const value of values.slice(i, i + step)) groupOf.set(value, groups.length - 1);
  }
  for (const row of rows) groups[groupOf.get(row[key])][1].push(row);
  return groups;
}

function sweepSection(sweep, register) {
  const all = sweep.points;
  const rows = all.filter((point) => point.status === 'ok');
  const metrics = sweepMetrics(sweep, rows);
  const axes = distinctKeys(sweep);
  if (metrics.length === 0) return [simulated(sweep), element('p', {}, `${all.length} points, none of which has a result.`), sweepTable(sweep, []).node];
  const wanted = sweep.objectives.map((objective) => objective.metric).filter((name) => metrics.includes(name));
  const usual = ['energy_pJ', 'cycles', 'area_um2', ...metrics].filter((name) => metrics.includes(name));
  const y = wanted[0] ?? usual[0];
  const state = {x: wanted[1] ?? usual.find((name) => name !== y) ?? y, y, by: axes[0] ?? 'machine'};
  const points = sweepTable(sweep, metrics);
  // Energy and time of one network say nothing against those of another.
  const networkOf = (row) => row.workload_name ?? row.workload;
  const networks = unique(rows.map(networkOf));
  let drawnRows, feasible, excluded;
  const choose = (network) => {
    drawnRows = rows.filter((row) => networkOf(row) === network);
    feasible = drawnRows.filter((row) => row.feasible !== 0);
    excluded = drawnRows.filter((row) => row.feasible === 0);
  };
  choose(networks[0]);
  const sign = (metric) => {
    const objective = sweep.objectives.find((one) => one.metric === metric);
    return (objective ? objective.more : kMoreIsBetter.test(metric)) ? -1 : 1;
  };

  /// Rows by series of the figure, in its order.
  function groups() {
    const named = colourGroups(feasible, state.by);
    return excluded.length ? [[kExcluded, excluded], ...named] : named;
  }

  function option() {
    const front = paretoFront(feasible, [state.x, state.y], [sign(state.x), sign(state.y)]);
    const axis = (key) => metricAxis(key, drawnRows.map((row) => row[key]));
    const shown = groups();
    const offset = excluded.length ? 1 : 0;
    const ordered = shown.length - offset > kMostPlain && feasible.every((row) => settingNumber(row[state.by]) !== null);
    const scatter = (name, members, i) => ({type: 'scatter', name, symbolSize: 8, symbol: seriesSymbol(i), progressive: 0,
      itemStyle: {color: name === kExcluded ? colour('line') : ordered ? rampColour(i, shown.length - offset) : seriesColour(i)},
      data: members.map((row) => [row[state.x], row[state.y]])});
    return chartOption({
      xAxis: {...axis(state.x), nameGap: 30},
      yAxis: {...axis(state.y), nameGap: 66},
      grid: {left: 44, right: 40, bottom: 40},
      legend: {itemWidth: 12, itemHeight: 12},
      toolbox: {feature: {brush: {type: ['rect', 'polygon', 'clear']}}, right: 8, bottom: 0, padding: 0, itemSize: 13, iconStyle: {borderColor: colour('text')}},
      brush: {xAxisIndex: 0, yAxisIndex: 0, throttleType: 'debounce', throttleDelay: 150},
      tooltip: itemTooltip((mark) => {
        const row = (shown[mark.seriesIndex]?.[1] ?? front)[mark.dataIndex];
        const settings = axes.map((key) => `${escaped(key)}: ${escaped(settingText(row[key]))}`);
        const values = unique([state.x, state.y]).map((key) => `${escaped(metricText(key).name)}: ${escaped(metricText(key).text(row[key]))}`);
        return [`point ${row.index}`, ...settings, ...values].join('<br>');
      }),
      series: [
        ...shown.map(([name, members], i) => scatter(name, members, i - offset)),
        {type: 'line', name: 'Pareto front', step: false, symbol: 'circle', symbolSize: 13, showAllSymbol: true,
          lineStyle: {color: colour('text'), type: 'dashed', width: 1.5}, z: 3,
          itemStyle: {color: 'transparent', borderColor: colour('text'), borderWidth: 1.5},
          data: front.map((row) => [row[state.x], row[state.y]])},
      ],
    });
  }

  const figure = {
    id: 'pareto', title: 'Pareto front', height: 460, option, marks: rows.length,
    text: `Every point${networks.length > 1 ? ' of the network chosen above' : ''} that ended well; rings, joined by the dashed line, are those that no other point beats in both metrics` +
      (rows.some((row) => row.feasible === 0) ? '; grey points do not meet the constraints and are left out of that.' : '.') +
      (sweep.objectives.length > 2 ? ` The sweep has ${sweep.objectives.length} objectives, and this is the front of the two on the axes alone: ` +
        'points that are best in the others need not be on it. bitscale query --pareto lists the front of all.' : '') +
      ' Draw a box or a lasso (icons at the bottom right) to see only those points in the table.',
    table: () => null,
    ready: (chart) => chart.on('brushselected', (event) => {
      const {areas, selected} = event.batch[0];
      const shown = groups();
      const chosen = selected.flatMap(({seriesIndex, dataIndex}) => (shown[seriesIndex] ? dataIndex.map((i) => shown[seriesIndex][1][i]) : []));
      points.setRows(areas.length > 0 ? chosen : all);
    }),
  };
  const drawn = register(figure);
  const change = (key) => (value) => { state[key] = value; points.setRows(all); drawn.redraw(); };
  const changeNetwork = (network) => { choose(network); points.setRows(all); drawn.redraw(); };
  const choices = metrics.map((name) => [name, words(name)]);
  const controls = element('div', {class: 'controls'},
    chooser('across', choices, state.x, change('x')), chooser('up', choices, state.y, change('y')),
    chooser('colour', axes.map((key) => [key, axisTitle(sweep, key)]), state.by, change('by')),
    networks.length > 1 ? chooser('network', networks.map((name) => [name, name]), networks[0], changeNetwork) : null);
  const failed = all.length - rows.length;
  const shown = all.length < sweep.done ? ` Shown are ${quantity(all.length)}: evenly many, and all of the Pareto front of the sweep's objectives.` : '';
  return [element('div', {}, simulated(sweep), element('p', {}, `${quantity(sweep.done)} of ${quantity(sweep.candidates)} points are done; of those shown ${quantity(failed)} failed.${shown}`)),
    controls, drawn.node, points.node];
}

/// The axis that sets a key.
const axisOf = (sweep, key) => sweep.axes.find((axis) => axis.keys.includes(key));

/// Keys of the sweep without those that have another one's value at every point: one column says it for all of an axis's `keys`.
function distinctKeys(sweep) {
  return sweep.keys.filter((key) => {
    const first = axisOf(sweep, key)?.keys[0] ?? key;
    return key === first || sweep.points.some((row) => row[key] !== row[first]);
  });
}

/// A key as it is written, with the number of those that it stands for.
function axisTitle(sweep, key) {
  const axis = axisOf(sweep, key);
  if (!axis || axis.keys[0] !== key) return key;
  const others = axis.keys.length - distinctKeys(sweep).filter((one) => axis.keys.includes(one)).length;
  return others > 0 ? `${key} and ${others} more` : key;
}

/// What ran: names that the points have, then what the axes change.
function simulated(sweep) {
  const names = ['machine', 'workload', 'profile', 'technology', 'operands'].map((name) => {
    const column = sweep.keys.includes(name) ? `${name}_name` : name;
    return [name, unique(sweep.points.map((point) => point[column])).filter(Boolean)];
  }).filter(([, values]) => values.length > 0);
  const few = (values) => (values.length > 6 ? `${values.slice(0, 6).join(', ')} and ${values.length - 6} more` : values.join(', '));
  const axes = sweep.axes.map((axis) => `${axis.name} (${unique(sweep.points.map((point) =>
    axis.keys.map((key) => point[key]).join('\n'))).length})`);
  return element('p', {}, [sweep.description && sweep.description.replace(/\.?$/, '.'), ...names.map(([name, values]) => `${name} ${few(values)};`),
    axes.length > 0 && `axes, with their values: ${axes.join(', ')}.`].filter(Boolean).join(' '));
}

/// Where a sweep's results come from, as its store says; `definition` is the file that makes them again.
function sweepProvenance(sweep) {
  const rows = [
    ['sweep', sweep.name], ['version', `bitscale ${sweep.version}`], ['sha256 of the sweep', sweep.hash],
    ...sweep.base.map(([key, value]) => [`base: ${key}`, value]),
    ...sweep.axes.map((axis) => [`axis: ${axis.name}`, axis.keys.join(', ')]),
    ...sweep.constraints.map((text) => ['constraint', text]),
    ['objectives', sweep.objectives.map(({metric, more}) => `${more ? 'max' : 'min'} ${metric}`).join(', ')],
  ];
  return [
    table(`Provenance of sweep ${sweep.name}`, [{key: 'what', name: 'what', value: ([what]) => what},
      {key: 'value', name: `sweep ${sweep.name}`, long: true, value: ([, value]) => value}], rows, {filter: false}).node,
    element('details', {}, element('summary', {}, 'The sweep file, with what it includes and overrides'), element('pre', {}, sweep.definition)),
    element('p', {class: 'quiet'}, 'The hash of each point\'s experiment and of its result is in the store: bitscale query STORE --columns index,key,result_digest.'),
  ];
}

/// Keys and metrics first, what is the same in every row last.
function sweepTable(sweep, metrics) {
  const all = sweep.points;
  const others = Object.keys(sweep.columns).filter((name) => !['index', 'status', 'message', ...sweep.keys, ...metrics].includes(name));
  const varies = (key) => all.some((row) => row[key] !== all[0][key]);
  const column = (key) => ({key, name: words(key), value: (row) => row[key]});
  const metric = (key) => ({...column(key), name: metricText(key).name, text: (row) => metricText(key).text(row[key])});
  const message = {key: 'message', name: 'message', long: true, value: (row) => row.message};
  const failures = all.some((row) => row.status !== 'ok');
  return table('Points of the sweep', [
    {key: 'index', name: 'point', value: (row) => row.index},
    {key: 'status', name: 'status', verdict: true, value: (row) => row.status},
    ...distinctKeys(sweep).map((key) => ({...column(key), name: axisTitle(sweep, key), verbatim: true, text: (row) => settingText(row[key])})),
    ...(failures ? [message] : []),
    ...metrics.filter(varies).map(metric), ...others.filter(varies).map(column),
  ], all);
}

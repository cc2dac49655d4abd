// A sweep: a scatter over any two metrics, with its Pareto front; brushed points fill the table.

/// Metrics of which more is better, unless an objective says so; of all others less is.
const kMoreIsBetter = /speedup|gain|tops|utilization|accuracy|per_s$|per_W|per_mm2/;

/// Whether a logarithmic axis shows more: positive values over a factor of 20.
function spansDecades(values) {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(...finite);
  return least > 0 && Math.max(...finite) / least > 20;
}

/// Most colours that an eye tells apart.
const kMostColours = 10;

/// Rows by value of a key, as [name, rows]; of more values than colours, by ranges of as many values each.
function colourGroups(rows, key) {
  const values = unique(rows.map((row) => row[key])).sort(compareValues).map(String);
  const step = values.length > kMostColours ? Math.ceil(values.length / kMostColours) : 1;
  const groups = [];
  const groupOf = new Map();
  for (let i = 0; i < values.length; i += step) {
    const last = values[Math.min(i + step, values.length) - 1];
    groups.push([last === values[i] ? last : `${values[i]} to ${last}`, []]);
    for (const value of values.slice(i, i + step)) groupOf.set(value, groups.length - 1);
  }
  for (const row of rows) groups[groupOf.get(String(row[key]))][1].push(row);
  return groups;
}

function sweepSection(sweep, register) {
  const all = sweep.points;
  const rows = all.filter((point) => point.status === 'ok');
  const metrics = sweepMetrics(sweep, rows);
  const axes = sweep.keys;
  if (metrics.length === 0) return [element('p', {}, `${all.length} points, none of which has a result.`), sweepTable(sweep, []).node];
  const wanted = sweep.objectives.map((objective) => objective.metric).filter((name) => metrics.includes(name));
  const state = {x: wanted[1] ?? 'cycles', y: wanted[0] ?? 'energy_pJ', by: axes[0] ?? 'machine'};
  const points = sweepTable(sweep, metrics);
  const sign = (metric) => {
    const objective = sweep.objectives.find((one) => one.metric === metric);
    return (objective ? objective.more : kMoreIsBetter.test(metric)) ? -1 : 1;
  };

  function option() {
    const front = paretoFront(rows, [state.x, state.y], [sign(state.x), sign(state.y)]);
    const axis = (key) => ({type: spansDecades(rows.map((row) => row[key])) ? 'log' : 'value', name: words(key), scale: true,
      axisLabel: {formatter: compact}});
    return chartOption({
      xAxis: {...axis(state.x), nameGap: 28},
      yAxis: {...axis(state.y), nameGap: 62},
      grid: {left: 40, bottom: 32},
      toolbox: {feature: {brush: {type: ['rect', 'polygon', 'clear']}}, right: 8, top: 22},
      brush: {xAxisIndex: 0, yAxisIndex: 0, throttleType: 'debounce', throttleDelay: 150},
      tooltip: itemTooltip((mark) => {
        const row = mark.data.row;
        return row ? [...axes, state.x, state.y].map((key) => `${escaped(words(key))}: ${escaped(quantity(row[key]))}`).join('<br>') : '';
      }),
      series: [
        ...colourGroups(rows, state.by).map(([name, members]) => ({type: 'scatter', name, symbolSize: 8,
          data: members.map((row) => ({value: [row[state.x], row[state.y]], row}))})),
        {type: 'line', name: 'Pareto front', step: false, symbol: 'none', lineStyle: {color: colour('text'), type: 'dashed'},
          itemStyle: {color: colour('text')}, data: front.map((row) => [row[state.x], row[state.y]])},
      ],
    });
  }

  const figure = {
    id: 'pareto', title: 'Pareto front', height: 460, option,
    text: 'Every point that ended well; the dashed line joins those that no other point beats in both metrics. Draw a box or a ' +
      'lasso (icons at the top right) to see only those points in the table.',
    table: () => null,
    ready: (chart) => chart.on('brushselected', (event) => {
      const areas = event.batch[0].areas;
      const chosen = event.batch[0].selected.flatMap(({seriesIndex, dataIndex}) => {
        const series = chart.getOption().series[seriesIndex];
        return dataIndex.map((i) => series.data[i].row).filter(Boolean);
      });
      points.setRows(areas.length > 0 ? chosen : all);
    }),
  };
  const drawn = register(figure);
  const change = (key) => (value) => { state[key] = value; drawn.redraw(); };
  const choices = metrics.map((name) => [name, words(name)]);
  const controls = element('div', {class: 'controls'},
    chooser('across', choices, state.x, change('x')), chooser('up', choices, state.y, change('y')),
    chooser('colour', axes.map((key) => [key, words(key)]), state.by, change('by')));
  const failed = all.length - rows.length;
  const shown = all.length < sweep.done ? ` Shown are ${all.length}: evenly many, and all of the Pareto front.` : '';
  return [element('p', {}, `${sweep.done} of ${sweep.candidates} points are done; of those shown ${failed} failed.${shown}`),
    controls, drawn.node, points.node];
}

/// Keys and metrics first, what is the same in every row last.
function sweepTable(sweep, metrics) {
  const all = sweep.points;
  const others = unique(all.slice(0, 100).flatMap(Object.keys)).filter((name) => !['index', 'status', 'message', ...sweep.keys, ...metrics].includes(name));
  const varies = (key) => all.some((row) => row[key] !== all[0][key]);
  const ordered = [...sweep.keys, ...metrics.filter(varies), ...others.filter(varies)];
  return table('Points of the sweep', [
    {key: 'index', name: 'point', value: (row) => row.index},
    {key: 'status', name: 'status', verdict: true, value: (row) => row.status},
    ...ordered.map((key) => ({key, name: words(key), value: (row) => row[key]})),
    {key: 'message', name: 'message', long: true, value: (row) => row.message},
  ], all);
}

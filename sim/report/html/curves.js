// Figures of points and lines: verdicts, supplies against bits, rooflines.

const kVerdictColours = {reproduced: 'good', deviates: 'bad', calibrated: 'fitted', information: 'neutral'};

const kVerdictSymbols = {reproduced: 'circle', deviates: 'diamond', calibrated: 'triangle', information: 'rect'};

const kNameWidth = 500;

/// Simulated over published, per figure that has a published value, with its tolerance.
function verdictFigure(model) {
  const rows = model.checks.filter((check) => check.published > 0 && check.simulated > 0).reverse();
  if (rows.length === 0) return null;
  const name = (check) => `${check.experiment}: ${check.name}`;
  return {
    id: 'verdicts', title: 'Published figures', height: Math.min(120 + 22 * rows.length, 2200),
    text: 'Our value over the published one, on a logarithmic scale; bars show the tolerance. Circles are reproduced, ' +
      'diamonds deviate, triangles are calibrated.',
    option: () => chartOption({
      legend: {show: false},
      yAxis: {type: 'category', data: rows.map(name), axisLabel: {interval: 0, width: kNameWidth, overflow: 'truncate'}},
      xAxis: {type: 'log', logBase: 2, name: 'simulated / published', nameGap: 28, axisLabel: {formatter: (value) => plain(value)}},
      grid: {left: Math.min(kNameWidth, labelWidth(rows.map(name))) + 16, top: 12, bottom: 52, containLabel: false},
      tooltip: itemTooltip((mark) => {
        const check = rows[mark.dataIndex];
        return `${escaped(name(check))}<br>simulated ${quantity(check.simulated, check.unit)}, published ` +
          `${quantity(check.published, check.unit)}<br>${escaped(check.verdict)}`;
      }),
      series: [
        {type: 'custom', name: 'tolerance', silent: true, data: rows.map((check, i) => [i, 1 - check.tolerance, 1 + check.tolerance]),
          renderItem: (params, api) => {
            const from = api.coord([Math.max(api.value(1), 0.01), api.value(0)]);
            const to = api.coord([api.value(2), api.value(0)]);
            return {type: 'rect', shape: {x: from[0], y: from[1] - 5, width: to[0] - from[0], height: 10}, style: {fill: colour('line')}};
          },
          encode: {x: [1, 2], y: 0}},
        {type: 'scatter', name: 'figures', symbolSize: 9, markLine: lineAt('xAxis', 1),
          data: rows.map((check, i) => ({value: [check.simulated / check.published, i], symbol: kVerdictSymbols[check.verdict],
            itemStyle: {color: colour(kVerdictColours[check.verdict])}}))},
      ],
    }),
    table: () => null,
  };
}

function verdictTable(model) {
  return table('Published figures', [
    {key: 'experiment', name: 'experiment', value: (check) => check.experiment},
    {key: 'name', name: 'figure', long: true, value: (check) => check.name},
    {key: 'published', name: 'published', value: (check) => check.published, text: (check) => quantity(check.published, check.unit)},
    {key: 'simulated', name: 'simulated', value: (check) => check.simulated, text: (check) => quantity(check.simulated, check.unit)},
    {key: 'deviation', name: 'deviation', unit: '%', value: (check) => (check.published ? check.simulated / check.published - 1 : null)},
    {key: 'tolerance', name: 'tolerance', unit: '%', value: (check) => (check.published ? check.tolerance : null)},
    {key: 'verdict', name: 'verdict', verdict: true, value: (check) => check.verdict},
    {key: 'note', name: 'cause', long: true, value: (check) => check.note},
    {key: 'source', name: 'source', long: true, value: (check) => check.source},
  ], model.checks).node;
}

/// One line per machine through the points of a precision sweep.
function scalingFigure(scaling, {id, title, text, x, y, xName, yName, unit, labels}) {
  const points = scaling.points.filter((point) => !point.failure && typeof point[y] === 'number');
  const machines = unique(points.map((point) => point.machine));
  const failed = scaling.points.length - points.length;
  const log = spansDecades(points.map((point) => point[y]));
  const most = Math.max(...points.map((point) => point.bits));
  const bits = {min: 0, max: 2 * Math.ceil(most / 2), interval: most > 16 ? 4 : 2};
  return {
    id, title, height: 380,
    text: text + (failed > 0 ? ` ${failed} of ${scaling.points.length} points failed and are not drawn; the table says why.` : ''),
    option: () => chartOption({
      xAxis: {type: 'value', name: xName, nameGap: 28, scale: true, ...(x === 'bits' ? bits : {})},
      yAxis: {type: log ? 'log' : 'value', name: yName, nameGap: 62, scale: !log,
        axisLabel: {formatter: (value) => (unit === 'V' ? plain(value) : quantity(value, unit))}},
      grid: {left: 40, bottom: 32},
      tooltip: itemTooltip((mark) => {
        const point = points.filter((one) => one.machine === mark.seriesName)[mark.dataIndex];
        return `${escaped(point.machine)}, ${point.bits} bit<br>${quantity(point[y], unit)} at ${plain(point.lowest_V)} V, ` +
          `${quantity(point.clock_Hz, 'Hz')}`;
      }),
      series: machines.map((machine, i) => ({type: 'line', name: machine, symbol: seriesSymbol(i), symbolSize: 8, labelLayout: {hideOverlap: true},
        label: {show: Boolean(labels), position: 'right', color: colour('text'), fontSize: 10, formatter: (mark) => labels(points.filter((one) => one.machine === machine)[mark.dataIndex])},
        data: points.filter((point) => point.machine === machine).map((point) => [point[x], point[y]])})),
    }),
    table: () => null,
  };
}

function scalingFigures(scaling) {
  const title = `${scaling.workload} at ${plain(scaling.required_frames_per_s)} frames/s`;
  const points = {...scaling, points: scaling.points.map((point) => ({...point, energy_J: joule(point.energy_per_frame_pJ), array_J: joule(point.array_pJ)}))};
  const bits = 'bits of all operands';
  return [
    scalingFigure(points, {id: 'energy_bits', title: `Energy against bits: ${title}`, text: 'Energy of one inference, memories and DRAM included.',
      x: 'bits', y: 'energy_J', xName: bits, yName: 'energy per frame', unit: 'J'}),
    scalingFigure(points, {id: 'array_bits', title: `Energy of the array against bits: ${title}`, text: 'Units and accumulators, without memories.',
      x: 'bits', y: 'array_J', xName: bits, yName: 'array, per frame', unit: 'J'}),
    scalingFigure(points, {id: 'supply_bits', title: `Supply against bits: ${title}`, text: 'Lowest supply over the layers.',
      x: 'bits', y: 'lowest_V', xName: bits, yName: 'supply (V)', unit: 'V'}),
    scalingFigure(points, {id: 'energy_supply', title: `Energy against supply: ${title}`, text: 'The same points; their labels are bits.',
      x: 'lowest_V', y: 'energy_J', xName: 'supply (V)', yName: 'energy per frame', unit: 'J', labels: (point) => point.bits}),
  ];
}

function scalingTable(scaling) {
  return table('Precision sweep', [
    {key: 'machine', name: 'machine', value: (point) => point.machine},
    {key: 'bits', name: 'bits', value: (point) => point.bits},
    {key: 'cycles', name: 'cycles', value: (point) => point.cycles},
    {key: 'clock', name: 'clock', unit: 'Hz', value: (point) => point.clock_Hz},
    {key: 'low', name: 'lowest V', value: (point) => point.lowest_V},
    {key: 'high', name: 'highest V', value: (point) => point.highest_V},
    {key: 'frames', name: 'frames/s', value: (point) => point.frames_per_s},
    {key: 'energy', name: 'energy per frame', unit: 'J', value: (point) => joule(point.energy_per_frame_pJ)},
    {key: 'relative', name: 'relative', unit: 'x', value: (point) => point.relative_energy},
    {key: 'failure', name: 'failure', long: true, value: (point) => point.failure},
  ], scaling.points).node;
}

/// Points that a figure may name.
const kMostLabels = 80;

/// Layers under the roofs of their machine: attained MACs per cycle over MACs per byte of DRAM traffic.
function rooflineFigure(model) {
  const rows = model.runs.flatMap((run) => arrayLayers(run).filter((layer) => layer.intensity_macs_per_byte > 0 && layer.attained_macs_per_cycle > 0)
    .map((layer) => ({run, layer})));
  if (rows.length === 0) return null;
  const machines = unique(rows.map(({run}) => run.machine));
  // Layers of several networks share names.
  const named = rows.length <= kMostLabels && unique(rows.map(({run}) => run.workload)).length === 1;
  const intensities = rows.map(({layer}) => layer.intensity_macs_per_byte);
  const [least, most] = [Math.min(...intensities) / 2, Math.max(...intensities) * 2];
  return {
    id: 'roofline', title: 'Roofline', height: 440,
    text: 'Each layer at its operational intensity. Lines: what the DRAM channel feeds, up to the widest peak that the machine has in these ' +
      'layers; a layer at wider operands has a lower peak, which its text names.',
    option: () => chartOption({
      xAxis: {type: 'log', name: 'MACs per byte of DRAM traffic', nameGap: 28, axisLabel: {formatter: compact}},
      yAxis: {type: 'log', name: 'MACs per cycle', nameGap: 50, axisLabel: {formatter: compact}},
      grid: {left: 30, bottom: 32},
      legend: {itemWidth: 12, itemHeight: 12},
      tooltip: itemTooltip((mark) => (mark.data.row ? rooflineText(mark.data.row) : `${escaped(mark.seriesName)}: roof`)),
      series: machines.flatMap((machine, i) => {
        const own = rows.filter(({run}) => run.machine === machine);
        return [
          // Layers that only the DRAM bounds stand at one place for every machine: hollow marks, each larger than the last, show all.
          {type: 'scatter', name: machine, symbolSize: 9 + 5 * Math.min(i, 6), symbol: seriesSymbol(i), labelLayout: {hideOverlap: true},
            itemStyle: i === 0 ? {color: seriesColour(i)} : {color: 'none', borderColor: seriesColour(i), borderWidth: 2},
            label: {show: named, position: 'right', color: colour('text'), fontSize: 10, formatter: (mark) => mark.data.row.layer.name},
            data: own.map((row) => ({value: [row.layer.intensity_macs_per_byte, row.layer.attained_macs_per_cycle], row}))},
          // The legend has one entry for a machine's layers and its roof.
          {type: 'line', name: machine, symbol: 'none', lineStyle: {color: seriesColour(i), width: 1.5, type: ['solid', 'dashed', 'dotted'][i % 3]}, itemStyle: {color: seriesColour(i)},
            data: roofOf(own.map(({layer}) => layer), least, most)},
        ];
      }),
    }),
    table: () => table('Roofline', [
      {key: 'run', name: 'run', value: ({run}) => run.label},
      {key: 'layer', name: 'layer', value: ({layer}) => layer.name},
      {key: 'intensity', name: 'MACs per byte', value: ({layer}) => layer.intensity_macs_per_byte},
      {key: 'peak', name: 'peak, MACs per cycle', value: ({layer}) => layer.peak_macs_per_cycle},
      {key: 'roof', name: 'DRAM roof', value: ({layer}) => layer.bandwidth_roof_macs_per_cycle},
      {key: 'attained', name: 'attained', value: ({layer}) => layer.attained_macs_per_cycle},
      {key: 'bound', name: 'bound', value: ({layer}) => boundOf(layer)},
    ], rows).node,
  };
}

/// Points of one machine's roof: the slope of its channel, where it has one, then the peak.
function roofOf(layers, least, most) {
  const peak = Math.max(...layers.map((layer) => layer.peak_macs_per_cycle));
  const fed = layers.find((layer) => layer.bandwidth_roof_macs_per_cycle);
  if (!fed) return [[least, peak], [most, peak]];
  const slope = fed.bandwidth_roof_macs_per_cycle / fed.intensity_macs_per_byte;
  const ridge = peak / slope;
  if (ridge >= most) return [[least, slope * least], [most, slope * most]];
  if (ridge <= least) return [[least, peak], [most, peak]];
  return [[least, slope * least], [ridge, peak], [most, peak]];
}

const boundOf = (layer) => (layer.bandwidth_roof_macs_per_cycle && layer.bandwidth_roof_macs_per_cycle < layer.peak_macs_per_cycle ? 'memory' : 'compute');

function rooflineText({run, layer}) {
  return [escaped(`${layer.name}, ${run.label}`), `${plain(layer.attained_macs_per_cycle)} MACs per cycle`,
    `peak ${plain(layer.peak_macs_per_cycle)}, DRAM roof ${layer.bandwidth_roof_macs_per_cycle ? plain(layer.bandwidth_roof_macs_per_cycle) : 'none'}`,
    `bound by ${boundOf(layer)}`].join('<br>');
}

/// What would speed layers up, as bitscale explain-layer says it.
function adviceTable(explanations) {
  const rows = explanations.flatMap(({provenance, layers}) => layers.filter((layer) => layer.advice)
    .map((layer) => ({...layer, label: `${provenance.workload} on ${provenance.machine}`})));
  return table('What would speed layers up', [
    {key: 'run', name: 'run', value: (layer) => layer.label},
    {key: 'layer', name: 'layer', value: (layer) => layer.name},
    {key: 'cycles', name: 'cycles', value: (layer) => layer.cycles},
    {key: 'bound', name: 'bound', value: (layer) => layer.bound},
    {key: 'share', name: 'of its roof', unit: '%', value: (layer) => layer.share_of_roof},
    {key: 'advice', name: 'what would help', long: true, value: (layer) => layer.advice},
    {key: 'after', name: 'cycles then', value: (layer) => layer.cycles_after_change},
  ], rows).node;
}

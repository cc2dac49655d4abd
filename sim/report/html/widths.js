// Accumulators: SQNR and energy against the width of the register, layer by layer.

/// What an SQNR without any error is drawn at: the top of the axis.
const kExactdB = 100;

function widthPoints(layer) {
  const choices = layer.sweep.length > 0 ? layer.sweep : layer.choices.filter((choice) => choice.dropped_bits === 0);
  return unique(choices.map((choice) => choice.register_bits)).sort((a, b) => a - b)
    .map((bits) => choices.find((choice) => choice.register_bits === bits))
    .filter((choice) => !choice.wrap.failure && !choice.saturate.failure);
}

function widthFigure(layer, index) {
  const points = widthPoints(layer);
  if (points.length === 0) return null;
  const drawn = (mode, key) => points.map((point) => [point.register_bits, key === 'sqnr_dB' ? Math.min(point[mode][key] ?? kExactdB, kExactdB)
    : point[mode][key]]);
  // Colours tell wrapping from saturating, dashes and shapes the energy from the SQNR.
  const series = (name, mode, key, axis) => ({type: 'line', name, yAxisIndex: axis, symbolSize: 7, data: drawn(mode, key),
    symbol: axis === 0 ? 'circle' : 'triangle', lineStyle: {type: axis === 0 ? 'solid' : 'dashed'}, itemStyle: {color: seriesColour(mode === 'wrap' ? 0 : 4)}});
  return {
    id: `width_${index}`, title: `${layer.name}: accumulators of sums of ${layer.length} products`, height: 340,
    text: `Solid: SQNR of the finished sums; those above ${kExactdB} dB count as exact here. Dashed: energy of the unit per multiply-accumulate.`,
    option: () => {
      const option = chartOption({
        xAxis: {type: 'value', name: 'bits of the register', nameGap: 28, scale: true, minInterval: 1},
        yAxis: {type: 'value', name: 'SQNR (dB)', nameGap: 40, max: kExactdB,
          axisLabel: {formatter: (value) => (value === kExactdB ? 'exact' : String(value))}},
        grid: {left: 40, right: 64, bottom: 32},
        tooltip: itemTooltip((mark) => `${escaped(mark.seriesName)}<br>${mark.data[0]} bits: ${plain(mark.data[1])}`),
        series: [series('SQNR, wrapping', 'wrap', 'sqnr_dB', 0), series('SQNR, saturating', 'saturate', 'sqnr_dB', 0),
          series('energy, wrapping', 'wrap', 'pJ_per_mac', 1), series('energy, saturating', 'saturate', 'pJ_per_mac', 1)],
      });
      const energy = {...option.yAxis, axisLabel: {...option.yAxis.axisLabel, formatter: plain}, name: 'pJ per MAC', nameGap: 48, max: undefined, scale: true, splitLine: {show: false}};
      return {...option, yAxis: [option.yAxis, energy]};
    },
    table: () => null,
  };
}

const widthFigures = (study) => study.layers.map(widthFigure);

function widthTable(study) {
  const figure = (mode, key) => (row) => (row[mode].failure ? null : row[mode][key]);
  return table('Accumulators', [
    {key: 'layer', name: 'layer', value: (row) => row.layer},
    {key: 'criterion', name: 'criterion', value: (row) => words(row.criterion ?? 'sweep')},
    {key: 'register', name: 'register', value: (row) => row.register_bits},
    {key: 'dropped', name: 'dropped', value: (row) => row.dropped_bits},
    {key: 'predicted', name: 'predicted dB', value: (row) => row.predicted_sqnr_dB},
    {key: 'overflow', name: 'overflow', unit: '%', value: (row) => row.finished_overflow_rate},
    {key: 'wrap', name: 'wrap dB', value: figure('wrap', 'sqnr_dB')},
    {key: 'saturate', name: 'saturate dB', value: figure('saturate', 'sqnr_dB')},
    {key: 'wrap_pJ', name: 'wrap pJ/MAC', value: figure('wrap', 'pJ_per_mac')},
    {key: 'saturate_pJ', name: 'saturate pJ/MAC', value: figure('saturate', 'pJ_per_mac')},
    {key: 'path', name: 'path ns', value: figure('wrap', 'path_ns')},
    {key: 'note', name: 'note', long: true, value: (row) => row.warnings.join('; ')},
  ], study.layers.flatMap((layer) => [...layer.choices, ...layer.sweep].map((choice) => ({layer: layer.name, ...choice})))).node;
}

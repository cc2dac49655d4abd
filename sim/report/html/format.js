// Text and elements: numbers with units, and the document's parts.

const kPrefixes = [[1e24, 'Y'], [1e21, 'Z'], [1e18, 'E'], [1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'],
  [1, ''], [1e-3, 'm'], [1e-6, '\u00b5'], [1e-9, 'n'], [1e-12, 'p'], [1e-15, 'f'], [1e-18, 'a']];

/// What a number with a unit looks like: a plain count has none, 'x' is a ratio, the rest takes SI prefixes.
function quantity(value, unit = '', digits = 4) {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) return String(value);
  if (unit === 'x') return `${plain(value, digits)}x`;
  if (unit === '%') return `${plain(Number((100 * value).toFixed(2)))} %`;
  if (unit === '') return Number.isInteger(value) ? value.toLocaleString('en-US') : plain(value, digits);
  if (value === 0) return `0 ${unit}`;
  const [scale, prefix] = kPrefixes.find(([factor]) => Math.abs(value) >= factor * 0.9995) || [1e-18, 'a'];
  return `${plain(value / scale, digits)} ${prefix}${unit}`;
}

/// Four significant digits or as many as asked for, without an exponent where it can be avoided.
function plain(value, significant = 4) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(significant - 1);
  const digits = Math.max(0, significant - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(digits, significant + 4)).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/// For axes: 20 k, 1.5 M.
function compact(value, digits = 4) {
  if (value === 0) return '0';
  const [scale, prefix] = kPrefixes.find(([factor]) => Math.abs(value) >= factor * 0.9995) || [1, ''];
  return scale < 1 ? plain(value, digits) : `${plain(value / scale, digits)}${prefix && ` ${prefix}`}`;
}

/// Units that metrics carry in their names, as [ending, base unit, factor to it].
const kUnitEndings = [['_pJ_s', 'J s', 1e-12], ['_pJ', 'J', 1e-12], ['_mW', 'W', 1e-3], ['_Hz', 'Hz', 1], ['_V', 'V', 1],
  ['_um2', 'mm\u00b2', 1e-6]];
const kMetricNames = {seconds: ['time', 's', 1], pJ_per_mac: ['energy per MAC', 'J', 1e-12], utilization: ['utilization', '%', 1],
  accuracy: ['accuracy', '%', 1], dram_bits: ['DRAM traffic', 'bit', 1], frames_per_s: ['frames per second', '', 1],
  tops_per_W: ['TOPS per watt', '', 1], macs: ['MACs', '', 1], effectual_macs: ['effectual MACs', '', 1]};

/// A metric for people: its name without the unit, and its text with it.
function metricText(metric) {
  const found = kUnitEndings.find(([ending]) => metric.endsWith(ending));
  const [name, unit, factor] = kMetricNames[metric] ?? (found ? [words(metric.slice(0, -found[0].length)), found[1], found[2]] : [words(metric), '', 1]);
  const text = (value, short, digits = 4) => {
    if (value === null || value === undefined) return '';
    if (typeof value !== 'number') return quantity(value);
    if (unit === 'mm\u00b2') return `${plain(value * factor, digits)} ${unit}`;
    return unit === '' && short ? compact(value, digits) : quantity(value * factor, unit, digits);
  };
  return {name, text};
}

const kSetting = /^(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([GMkmunp]?)(Hz|V|s|J|W|bit)?$/;

/// What a setting of a sweep counts: 6e8 of '600MHz'; nothing of other texts.
function settingNumber(text) {
  const match = kSetting.exec(text);
  if (!match || (match[2] && !match[3])) return null;
  const prefix = match[2] === 'u' ? '\u00b5' : match[2];
  return Number(match[1]) * kPrefixes.find(([, name]) => name === prefix)[0];
}

/// '600 MHz' of '600000000Hz'; other texts as they are.
function settingText(text) {
  const match = kSetting.exec(text);
  return match && match[3] && !match[2] ? quantity(Number(match[1]), match[3]) : String(text ?? '');
}

/// Pixels that the widest of some axis labels takes.
function labelWidth(labels) {
  const context = document.createElement('canvas').getContext('2d');
  context.font = '12px system-ui, sans-serif';
  return Math.ceil(Math.max(0, ...labels.map((label) => context.measureText(label).width)));
}

/// An element with attributes and children; text becomes text nodes, never markup.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/// A label with a choice; `choices` are [value, text].
function chooser(label, choices, chosen, changed) {
  const select = element('select', {onchange: () => changed(select.value)},
    choices.map(([value, text]) => element('option', {value, selected: value === chosen}, text)));
  return element('label', {}, `${label} `, select);
}

/// `name`, or the first of name_2, name_3... that is not taken: two sweeps have a figure of one name each.
function freeName(name, taken) {
  let free = name;
  for (let i = 2; taken.includes(free); ++i) free = `${name}_${i}`;
  return free;
}

/// Names as people write them: 'wait_weights' is 'wait weights'.
const words = (name) => name.replace(/_/g, ' ');

/// Text for tooltips, which are markup.
function escaped(text) {
  return String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const kColours = 12;
const seriesColour = (index) => colour(`c${index % kColours}`);

/// Colours of what has an order, from dark to light: viridis (van der Walt and Smith, 2015) without its end next to the ground.
const kRamp = [[68, 1, 84], [70, 50, 127], [54, 92, 141], [39, 127, 142], [31, 161, 135], [74, 193, 109], [160, 218, 57], [253, 231, 37]];

function rampColour(index, count) {
  const [first, last] = colour('ground') === '#ffffff' ? [0, 6] : [2, 7];
  const at = first + (count > 1 ? index / (count - 1) : 0) * (last - first);
  const low = Math.min(Math.floor(at), kRamp.length - 2);
  const mixed = kRamp[low].map((from, i) => Math.round(from + (at - low) * (kRamp[low + 1][i] - from)));
  return `rgb(${mixed.join(', ')})`;
}

/// Series differ in shape too, for eyes and printers without colours.
const kSymbols = ['circle', 'rect', 'triangle', 'diamond', 'path://M-1,-0.3H-0.3V-1H0.3V-0.3H1V0.3H0.3V1H-0.3V0.3H-1Z'];
const seriesSymbol = (index) => kSymbols[Math.max(index, 0) % kSymbols.length];

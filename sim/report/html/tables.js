// Tables that sort and filter. A column is {key, name, unit, value(row), long}; numbers sort as numbers.

const kRowsShown = 500;

function cellText(column, row) {
  return column.text ? column.text(row) : quantity(column.value(row), column.unit);
}

const kCollator = new Intl.Collator('en', {numeric: true});
const missing = (value) => value === null || value === undefined || value === '';

function compareValues(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [first, second] = [settingNumber(a), settingNumber(b)];
  if (first !== null && second !== null) return first - second;
  return kCollator.compare(String(a), String(b));
}

/// A key that may go over several lines, and is copied as it is.
const breakable = (key) => key.split(/(?<=[._])/).flatMap((part, i) => (i > 0 ? [element('wbr'), part] : [part]));

/// `setRows` of the result replaces the rows, as a brush does.
function table(caption, columns, rows, {filter = true} = {}) {
  const state = {rows, key: null, direction: 1, filter: ''};
  const body = element('tbody');
  const count = element('span', {class: 'quiet', 'aria-live': 'polite'});
  const numbers = new Map(columns.map((column) => [column, rows.some((row) => typeof column.value(row) === 'number')]));
  const heads = columns.map((column) => {
    const button = element('button', {type: 'button', onclick: () => sortBy(column)}, column.verbatim ? breakable(column.name) : column.name);
    return element('th', {scope: 'col', class: [numbers.get(column) && 'number', column.verbatim && 'verbatim'].filter(Boolean).join(' ') || undefined}, button);
  });

  function sortBy(column) {
    state.direction = state.key === column.key ? -state.direction : 1;
    state.key = column.key;
    columns.forEach((one, i) => {
      if (one.key !== state.key) heads[i].removeAttribute('aria-sort');
      else heads[i].setAttribute('aria-sort', state.direction > 0 ? 'ascending' : 'descending');
    });
    draw();
  }

  function visible() {
    const wanted = state.filter.toLowerCase();
    const found = state.rows.filter((row) => wanted === '' ||
      columns.some((column) => cellText(column, row).toLowerCase().includes(wanted)));
    const column = columns.find((one) => one.key === state.key);
    if (!column) return found;
    // Empty cells come last in either direction.
    const [there, empty] = [found.filter((row) => !missing(column.value(row))), found.filter((row) => missing(column.value(row)))];
    return [...there.sort((a, b) => state.direction * compareValues(column.value(a), column.value(b))), ...empty];
  }

  function draw() {
    const found = visible();
    body.replaceChildren(...found.slice(0, kRowsShown).map((row) => element('tr', {},
      columns.map((column) => {
        const cell = element('td', {class: numbers.get(column) ? 'number' : column.long ? 'long' : undefined});
        const text = cellText(column, row);
        if (column.verdict) cell.append(element('span', {class: `verdict ${text}`}, text));
        else cell.append(text);
        return cell;
      }))));
    const shown = Math.min(found.length, kRowsShown);
    count.textContent = shown < found.length ? `${shown} of ${found.length} rows shown; filter to see others`
      : `${found.length} of ${rows.length} rows`;
  }

  const controls = element('div', {class: 'controls'});
  if (filter && rows.length > 6) {
    controls.append(element('label', {}, 'Filter ', element('input', {
      type: 'search', oninput: (event) => { state.filter = event.target.value; draw(); }})));
    controls.append(count);
  }
  draw();
  const node = element('div', {}, controls,
    element('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption},
      element('table', {}, element('thead', {}, element('tr', {}, heads)), body)));
  return {node, setRows: (replaced) => { state.rows = replaced; draw(); }};
}

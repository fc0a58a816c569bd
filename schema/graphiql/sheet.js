// An answer as a table, and a table as CSV or XLSX that no spreadsheet takes for a formula.

// The rows are the first list of objects that has any; without one the answer is a single row.
export function table(data) {
  const rows = (list(data) ?? [data]).map(row => flat(row));
  const columns = [...new Set(rows.flatMap(row => [...row.keys()]))];
  return [columns, ...rows.map(row => columns.map(name => row.get(name) ?? ''))];
}

function list(value) {
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value) && value.some(isObject)) return value.filter(isObject);
  for (const inner of Object.values(value)) {
    const found = list(inner);
    if (found) return found;
  }
  return undefined;
}

const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value);

// Column names are paths. A list inside a row keeps its columns: their values are joined.
function flat(value, path = '', cells = new Map()) {
  if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) flat(inner, path ? `${path}.${name}` : name, cells);
  } else if (Array.isArray(value) && value.some(isObject)) {
    const inside = value.filter(isObject).map(each => flat(each));
    for (const name of new Set(inside.flatMap(each => [...each.keys()]))) {
      cells.set(`${path}.${name}`, inside.map(each => text(each.get(name))).join('; '));
    }
  } else {
    cells.set(path, Array.isArray(value) ? value.map(text).join('; ') : value ?? '');
  }
  return cells;
}

const text = value => (value === null || value === undefined ? '' : String(value));

// What a spreadsheet would calculate or run; full-width signs count in Chinese and Japanese ones.
const FORMULA = /^[=+\-@\t\r\n\0＝＋－＠]/;

// With a byte order mark, or Excel reads Chinese as Latin.
export function csv(rows) {
  const lines = rows.map(row => row.map(cell).join(','));
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function cell(value) {
  const safe = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : text(value);
  return /[",\r\n\t']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// Text is typed as text and stays as it is, so nothing has to be put before it.
export function xlsx(rows) {
  const sheet = rows.map((row, y) => `<row r="${y + 1}">${row.map((value, x) => typed(value, `${column(x)}${y + 1}`)).join('')}</row>`);
  const files = { ...FRAME, 'xl/worksheets/sheet1.xml': `${XML}<worksheet ${MAIN}><sheetData>${sheet.join('')}</sheetData></worksheet>` };
  const bytes = Object.entries(files).map(([name, content]) => [name, fflate.strToU8(content)]);
  return fflate.zipSync(Object.fromEntries(bytes));
}

function typed(value, at) {
  if (typeof value === 'number' && Number.isFinite(value)) return `<c r="${at}"><v>${value}</v></c>`;
  return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(text(value))}</t></is></c>`;
}

const column = x => (x < 26 ? '' : column(Math.floor(x / 26) - 1)) + String.fromCharCode(65 + (x % 26));

const LONGEST = 32767; // characters Excel takes in a cell
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu; // in XML 1.0

function escaped(value) {
  return value.replace(FORBIDDEN, '').slice(0, LONGEST).replace(/\p{Surrogate}/u, '')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_') // Excel's own escape of a character
    .replace(/[&<>\r]/g, sign => ENTITIES[sign]);
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const FORMATS = 'http://schemas.openxmlformats.org';
const MAIN = `xmlns="${FORMATS}/spreadsheetml/2006/main"`;
const RELATIONS = `xmlns="${FORMATS}/package/2006/relationships"`;
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const FRAME = {
  '[Content_Types].xml': `${XML}<Types xmlns="${FORMATS}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`,
  '_rels/.rels': `${XML}<Relationships ${RELATIONS}><Relationship Id="r1" Type="${FORMATS}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${XML}<workbook ${MAIN} xmlns:r="${FORMATS}/officeDocument/2006/relationships"><sheets><sheet name="jijiao" sheetId="1" r:id="r1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${XML}<Relationships ${RELATIONS}><Relationship Id="r1" Type="${FORMATS}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
};

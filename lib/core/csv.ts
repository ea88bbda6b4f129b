// Rows as CSV (RFC 4180), safe to open in a spreadsheet: what it would take for a formula begins with an apostrophe. Quotes alone
// don't help: where semicolons separate, as in much of Europe, a quote amid a cell is a letter, and `"a;=1"` ends in a formula.

export type Cell = string | number | null;

/** By Excel, LibreOffice and Google Sheets: also behind blanks, and in their wide forms. */
const formula = /^[\s\0"]*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** The same where another program begins a cell or a line: behind what separates in some country, or for a reader of lines. */
const formulaWithin =
  /(?<=[,;|\t\n\v\f\r\u0085\u2028\u2029])(?=(?:[\0"]|[^\S\t\n\v\f\r\u2028\u2029])*[=+\-@＝＋－＠])/g;

/** By a spreadsheet that opens the file by itself, what is UTF-8 is known by this. */
export const byteOrderMark = "\uFEFF";

export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(",")}\r\n`;

function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const guarded = value.replaceAll(formulaWithin, "'");
  const safe = formula.test(value) ? `'${guarded}` : guarded;
  return /[",;|\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

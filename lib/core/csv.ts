// Rows as CSV (RFC 4180), safe to open in a spreadsheet: a text that it would take for a formula begins with an apostrophe.

export type Cell = string | number | null;

/** By Excel, LibreOffice and Google Sheets: also behind blanks, and in their wide forms. */
const formula = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** By a spreadsheet that opens the file by itself, what is UTF-8 is known by this. */
export const byteOrderMark = "\uFEFF";

export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(",")}\r\n`;

function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

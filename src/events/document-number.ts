/**
 * A number as it stands on a document: `<prefix>-<year>-<6 digits>`. Corrections have the prefix
 * `<prefix>-CN`.
 * @param no from 1 in its series and year; above 999,999 it has more digits
 */
export function documentNumber(prefix: string, year: number, no: number): string {
  return `${prefix}-${year}-${String(no).padStart(6, '0')}`;
}

/** The number of the first issue, and which issue a number is of. */
export function splitNumber(number: string): { base: string; issueNo: number } {
  const suffix = /^(.*-\d{6,})-R(\d{1,9})$/s.exec(number);
  return suffix === null
    ? { base: number, issueNo: 1 }
    : { base: suffix[1] as string, issueNo: Number(suffix[2]) + 1 };
}

/** The number of an issue: reissues carry a suffix. */
export function issueNumber(number: string, issueNo: number): string {
  return issueNo === 1 ? number : `${number}-R${issueNo - 1}`;
}

/** Whether two versions work together: their packages have one version, and the protocols change with its first two numbers. */
import { type Finding, failed, ok, warning } from './finding.js';

/** Versions such as `1.2.3`. */
export const checkVersion = (check: string, theirs: string, ours: string): Finding => {
  const values = { version: theirs, ours };
  if (theirs === ours) return ok(check, `version ${theirs}, as here`, values);
  const what = `version ${theirs}, here it is ${ours}`;
  const remedy = 'install the same version everywhere';
  const trouble = { what, remedy, values };
  return series(theirs) === series(ours) ? warning(check, trouble) : failed(check, trouble);
};

const series = (version: string): string => version.split('.', 2).join('.');

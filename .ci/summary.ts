/**
 * The last line of a run: how many tests passed and failed, out of vitest's JSON report, together
 * with the checks that failed before it. Exit 1 if anything failed or no test ran.
 */
import { readFileSync } from 'node:fs';

const [reportFile = '', failedChecks = '0'] = process.argv.slice(2);
const report = readReport(reportFile);
const failed = report.numFailedTests + report.numFailedTestSuites + Number(failedChecks);
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed${skipped}\n`);
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0;

function readReport(file: string) {
  try {
    const { success, ...counts } = JSON.parse(readFileSync(file, 'utf8'));
    const broken = !success && counts.numFailedTests === 0 ? 1 : 0;
    // A suite that failed because a test in it failed is not counted again.
    return { ...counts, numFailedTestSuites: broken } as {
      numPassedTests: number;
      numFailedTests: number;
      numFailedTestSuites: number;
      numPendingTests: number;
    };
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numFailedTestSuites: 0, numPendingTests: 0 };
  }
}

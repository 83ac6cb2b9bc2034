import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** The interval between lines of progress, in milliseconds. */
const INTERVAL = 10_000

/** The most characters of a failure in the summary. */
const MOST = 400

/** Returns the name of a failed test and its failure, without code and stack, as one line. */
function lineOf({ fullName, failureMessages: [message = ''] }) {
  const [failure] = stripVTControlCharacters(message).split(/\n +at /, 1)
  return `${fullName}: ${failure.replace(/\s+/g, ' ').slice(0, MOST)}`
}

/** Prints a line of progress every ten seconds, failures in full, and a summary with their names. */
export default class Reporter {
  #root
  #begun = Date.now()
  #printed = Date.now()
  #failed = []
  #slowest = []

  constructor({ rootDir }) {
    this.#root = rootDir
  }

  onRunStart({ numTotalTestSuites }) {
    console.log(`${numTotalTestSuites} files of tests`)
  }

  onTestResult(_test, result, total) {
    const { numPassedTests, numFailedTests, numTotalTestSuites } = total
    const file = relative(this.#root, result.testFilePath)
    const { start, end } = result.perfStats
    this.#slowest.push({ file, seconds: (end - start) / 1000 })
    if (result.failureMessage) {
      const tests = result.testResults.filter(({ status }) => status === 'failed')
      this.#failed.push([file, ...tests.map(lineOf)])
      console.log(`\nFAILED ${file}\n${result.failureMessage}`)
    }
    if (Date.now() - this.#printed < INTERVAL) return
    this.#printed = Date.now()
    const files = `${this.#slowest.length} of ${numTotalTestSuites} files`
    console.log(
      `${this.#seconds()} s  ${files}, ${numPassedTests} passed, ${numFailedTests} failed`,
    )
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, testResults }) {
    const slowest = this.#slowest.sort((one, other) => other.seconds - one.seconds).slice(0, 5)
    for (const { file, seconds } of slowest) console.log(`${seconds.toFixed(1)} s  ${file}`)
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
    const counts = `${numPassedTests} passed, ${numFailedTests} failed${skipped}`
    console.log(`\nTests: ${counts}, in ${testResults.length} files, ${this.#seconds()} s`)
    // A long log shows its end.
    for (const [file, ...tests] of this.#failed) {
      console.log(`FAILED ${file}`)
      for (const test of tests) console.log(`  ${test}`)
    }
  }

  getLastError() {}

  #seconds() {
    return ((Date.now() - this.#begun) / 1000).toFixed(0)
  }
}

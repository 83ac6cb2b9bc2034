import { relative } from 'node:path'

/** The interval between lines of progress, in milliseconds. */
const INTERVAL = 10_000

/** Prints a line of progress every ten seconds, failures in full, and a summary. */
export default class Reporter {
  #root
  #begun = Date.now()
  #printed = Date.now()
  #failed = 0
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
      this.#failed += 1
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
    if (this.#failed > 0) console.log(`${this.#failed} files failed`)
  }

  getLastError() {}

  #seconds() {
    return ((Date.now() - this.#begun) / 1000).toFixed(0)
  }
}

const { default: Sequencer } = require('@jest/test-sequencer')
const { statSync } = require('node:fs')

/** Folders whose files take long: a fresh clone knows no times yet. */
const LONG = ['end-to-end', 'test/local/main', 'infrastructure']

/** Runs long files first, so that no worker is left with one at the end. */
module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const weight = ({ path, duration }) => {
      if (duration !== undefined) return duration
      const isLong = LONG.some((part) => path.includes(part))
      return (isLong ? 10_000 : 0) + statSync(path).size / 100
    }
    return [...tests].sort((one, other) => weight(other) - weight(one))
  }
}

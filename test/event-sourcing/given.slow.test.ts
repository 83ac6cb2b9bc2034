import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '../support/run-folder.ts'

const ROOT = join(__dirname, '../..')

test('an expectation that a test does not await fails this test, and the failure shows its line', () => {
  const folder = newFolder('forgotten')
  const file = join(folder, 'forgotten.test.ts')
  const config = join(folder, 'jest.config.json')
  const transform = { '^.+\\.[tj]sx?$': [join(ROOT, 'node_modules/@swc/jest'), {}] }
  const transformIgnorePatterns = ['/node_modules/(?!(uuid)/)']
  writeFileSync(config, JSON.stringify({ rootDir: folder, transform, transformIgnorePatterns }))
  writeFileSync(
    file,
    `import { given } from '${ROOT}/lib/event-sourcing/testing/index.ts'
    import { Concert } from '${ROOT}/test/app/lib/tickets/index.ts'

    test('a wrong state', () => {
      given(Concert).when((concert) => concert.addSeats(2)).expect({ state: { quantity: 3 } })
    })
    test('an unexpected refusal', () => {
      given(Concert).when((concert) => concert.reserve()).expect({ events: [] })
    })
    test('a test after them', () => {})`,
  )
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js')
  const { status, stderr } = spawnSync(process.execPath, [jest, '--config', config], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect(stderr).toMatch(/● a wrong state\n[^●]*at Object.expect \(forgotten\.test\.ts:5:\d+\)/)
  expect(stderr).toMatch(/● an unexpected refusal\n[^●]*SoldOut[^●]*\(forgotten\.test\.ts:8:\d+\)/)
  expect(stderr).toContain('2 failed, 1 passed')
  expect(status).toBe(1)
})

import { PAYLOAD, withPrivateRun } from '../support/private-run.ts'

const run = withPrivateRun({ logPayloads: 'on' })

test('with logPayloads, logs and traces have the messages and data of errors', async () => {
  await run.give({ as: 'refused' })
  await run.give({ as: 'bug' })
  await run.give({ as: 'reaction' })
  const about = '"about":"giveTask"'
  await run.logged(about, `"refusal":"got ${PAYLOAD}"`, `"reference":"${PAYLOAD}"`)
  await run.logged(about, `"message":"cannot give ${PAYLOAD}"`)
  await run.logged('"about":"reaction"', `"message":"cannot work on ${PAYLOAD}"`)
  await run.logged('"Answered with errors"', `got ${PAYLOAD}`)
  await run.logged('"trace_id"', '"name":"giveTask"', `"reference":"${PAYLOAD}"`)
  await run.logged('"trace_id"', '"name":"giveTask"', `cannot give ${PAYLOAD}`)
}, 60_000)

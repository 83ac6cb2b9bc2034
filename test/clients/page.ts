// The script of a page: a signed watcher. Reports each event to the server of the page.
import {
  type AwsCredentials,
  appSyncTransport,
  eventFeed,
  isApiError,
} from '../../lib/client/index.ts'

interface Settings {
  readonly graphqlUrl: string
  readonly region: string
  readonly credentials: AwsCredentials
  readonly id: string
}

const report = (message: object) =>
  fetch('/report', { method: 'POST', body: JSON.stringify(message) })

const { graphqlUrl, region, credentials, id }: Settings = JSON.parse(
  await (await fetch('/settings')).text(),
)
const auth = { iam: { region, credentials: async () => credentials } }
const concerts = eventFeed({
  transport: appSyncTransport({ graphqlUrl, auth }),
  resource: 'Concert',
  fields: [],
  // Polls are too late for the test: events arrive only by the signed subscription.
  firstPoll: 600_000,
  pollInterval: 600_000,
})
try {
  for await (const { number } of concerts.watchEvents({ id })) await report({ number })
} catch (error) {
  await report({ failed: isApiError(error) ? error.code : String(error) })
}

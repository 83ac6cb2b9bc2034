import type { StoredEvent } from '../../event.ts'
import type { ScanRange } from '../event-store.ts'
import type { EventPage, Pages } from './pages/pages.ts'
import { MOST_ITEMS } from './requests.ts'

/**
 * The highest number in DynamoDB. Another program may have written an item with a higher number than
 * events can have.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const HIGHEST_NUMBER = `9.${'9'.repeat(37)}E+125`

/**
 * Returns all resources' events. The first page has about the requested size; each later page is
 * twice as large.
 */
export async function* pagesOfScan(
  pages: Pages,
  { after, about, segment }: ScanRange = {},
): AsyncGenerator<readonly StoredEvent[]> {
  // No item has a higher number, so the scan continues with the next resource.
  let from: EventPage['next'] =
    after === undefined ? undefined : { id: { S: after }, number: { N: HIGHEST_NUMBER } }
  let limit = Math.min(about || MOST_ITEMS, MOST_ITEMS)
  do {
    const page = await pages.scan({
      ...(from && { ExclusiveStartKey: from }),
      Limit: limit,
      ...(segment && { Segment: segment.index, TotalSegments: segment.of }),
    })
    if (page.events.length > 0) yield page.events
    from = page.next
    limit = Math.min(limit * 2, MOST_ITEMS)
  } while (from)
}

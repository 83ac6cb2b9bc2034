import { isEventSourcingError, StoreUnavailable } from '../../errors.ts'
import type { OwnedRange } from '../event-store.ts'
import { OWNER_INDEX, OWNER_KEY } from '../stored-event.ts'
import { type Item, valuesOf } from './items.ts'
import { MOST_EVENTS, type Pages } from './pages/pages.ts'
import { isFailure } from './requests.ts'

/**
 * Returns the ids of the resources of an owner, from the index of owners. A resource has an entry for
 * each time that it became the owner's; the entries of one resource follow each other.
 */
export async function* pagesOfOwned(
  pages: Pages,
  owner: string,
  { after, about }: OwnedRange = {},
): AsyncGenerator<readonly string[]> {
  let from: Item | undefined
  let last = after
  do {
    const { items, next } = await indexPage(pages, {
      IndexName: OWNER_INDEX,
      KeyConditionExpression: `#owner = :owner${after === undefined ? '' : ' AND id > :after'}`,
      ExpressionAttributeNames: { '#owner': OWNER_KEY },
      ExpressionAttributeValues: {
        ':owner': { S: owner },
        ...(after !== undefined && { ':after': { S: after } }),
      },
      ...(from && { ExclusiveStartKey: from }),
      ...(about !== undefined && { Limit: Math.min(about, MOST_EVENTS) }),
    })
    const ids: string[] = []
    for (const item of items) {
      const { id } = valuesOf(item)
      if (typeof id !== 'string' || id === last) continue
      last = id
      ids.push(id)
    }
    if (ids.length > 0) yield ids
    from = next
  } while (from)
}

/** @throws StoreUnavailable, which explains a missing index */
async function indexPage(pages: Pages, input: Parameters<Pages['index']>[0]) {
  try {
    return await pages.index(input)
  } catch (error) {
    if (!isEventSourcingError(error, 'StoreUnavailable') || !isInvalid(error.cause)) throw error
    const { store } = error.data
    throw new StoreUnavailable(
      `DynamoDB rejected a list by owner: the table ${store} needs the index ${OWNER_INDEX}, which the rule owner for its list in access.ts adds`,
      { store },
      { cause: error.cause },
    )
  }
}

function isInvalid(cause: unknown): boolean {
  return isFailure(cause, 'ValidationException')
}

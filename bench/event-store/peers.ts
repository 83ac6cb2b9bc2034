import { castore } from './castore.ts'
import { type MeteredClient, meteredClient } from './meter.ts'
import { original } from './original.ts'
import { ours } from './ours.ts'
import type { Peer } from './peer.ts'
import type { Format } from './stores.ts'

export type PeerName = 'ours' | 'ours, warm' | 'Castore' | 'the original'

/** The peers that keep no state. Their reads and writes do not depend on earlier work. */
export const COLD = ['ours', 'Castore', 'the original'] as const

export interface OpenPeer extends Peer, MeteredClient {}

export function formatOf(name: PeerName): Format {
  return name === 'Castore' ? 'castore' : 'ours'
}

/** Opens a peer with its own client on a table. The caller must destroy the client. */
export function openPeer(name: PeerName, endpoint: string, tableName: string, retries = 2) {
  // Our store retries requests itself; the other peers rely on the retries of the SDK.
  const metered = meteredClient(endpoint, name.startsWith('ours') ? 1 : 3)
  const place = { client: metered.client, tableName }
  const open = (peer: Peer): OpenPeer => ({ ...peer, ...metered })
  if (name === 'Castore') return open(castore(place, retries))
  if (name === 'the original') return open(original(place))
  return open(ours(place, name === 'ours, warm' ? 1000 : 0))
}

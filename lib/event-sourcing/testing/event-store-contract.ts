import { appendContract } from './append-contract.ts'
import type { ContractCase } from './contract-case.ts'
import { historyContract } from './history-contract.ts'
import { scanContract } from './scan-contract.ts'
import { transactContract } from './transact-contract.ts'

/**
 * The guarantees of every event store. Each case needs an empty store:
 *
 *     for (const { name, run } of eventStoreContract) {
 *       test(name, async () => run(await emptyStore()))
 *     }
 */
export const eventStoreContract: readonly ContractCase[] = [
  ...appendContract,
  ...transactContract,
  ...historyContract,
  ...scanContract,
]

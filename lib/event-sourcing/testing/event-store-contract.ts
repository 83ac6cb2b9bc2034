import { appendContract } from './append-contract.ts'
import type { ContractCase } from './contract-case.ts'
import { historyContract } from './history-contract.ts'
import { scanContract } from './scan-contract.ts'
import { transactContract } from './transact-contract.ts'

/**
 * What every store guarantees. Each case wants a store that is empty:
 *
 *     for (const { name, run } of eventStoreContract) test(name, async () => run(await emptyStore()))
 */
export const eventStoreContract: readonly ContractCase[] = [
  ...appendContract,
  ...transactContract,
  ...historyContract,
  ...scanContract,
]

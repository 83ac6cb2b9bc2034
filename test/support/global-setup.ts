/** The workers of a run share what is named after this process. */
export default function setup(): void {
  process.env.TEST_RUNNER = `${process.pid}`
}

/** The workers of a run share what is named after this process. */
export default function setup(): void {
  process.env.TEST_RUNNER = `${process.pid}`
  // The AWS SDK tells every process of the next Node.js that it wants.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
}

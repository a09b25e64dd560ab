import { GatewayError } from '../canonical/errors.ts'

import { defineServerTool } from './server-tool.ts'

export default defineServerTool({
  type: 'openrouter:files',
  title: 'FilesTool',
  description: 'The model may read and write files of the workspace. This gateway stores no files.',
  parameters: {},
  open() {
    const message = 'The server tool "openrouter:files" needs a store of files, which this gateway does not have.'
    throw new GatewayError('invalid_request', message, { issues: [{ path: 'tools', message }] })
  },
})

import { engines } from '../../../src/server-tools/engines/_registry.ts'
import { describeEngine } from '../../contract/engine.ts'

for (const engine of engines) describeEngine(engine)

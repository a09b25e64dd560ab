import { defineConfig } from 'vitest/config'

/** A file that takes the results as JSON, for continuous integration. */
const report = process.env['WAYGATE_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/engines/global-setup.ts',
    // Most tests wait for clocks and sockets: three at a time fit on two cores, and Vitest's own choice there is one.
    maxWorkers: 3,
    // These limits only prove that nothing hangs: no test says with them how fast something is.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})

import { defineConfig } from 'vitest/config'

/** What is measured runs when all else is over. */
const MEASURED = 'tests/browser/speed.test.ts'

/** Two files at a time: each worker has a stack of its own, which its files share one after another. */
export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'desk', include: ['tests/browser/**/*.test.ts'], exclude: [MEASURED], maxWorkers: 2 } },
      { extends: true, test: { name: 'speed', include: [MEASURED], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    environment: 'node',
    pool: 'forks',
    globalSetup: ['tests/browser/stack.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

/** One freshly started stack for all browser tests: a free port, an empty folder, stopped at the end by its own pid. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    address: string
  }
}

const READY_WITHIN_MS = 60_000

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const binary = process.env['FRONT_DESK_BINARY'] ?? join(import.meta.dirname, '../../../target/release/front-desk')
  if (!existsSync(binary)) throw new Error(`${binary} is not there: build it, or name another by FRONT_DESK_BINARY`)
  const data = await mkdtemp(join(tmpdir(), 'front-desk-browser-'))
  const port = await freePorts(5)
  const stack = spawn(binary, ['up', '--port', String(port), '--data', data], { stdio: ['ignore', 'ignore', 'pipe'] })
  // Also when the run itself is cut short.
  const abandon = () => stack.kill('SIGTERM')
  process.once('exit', abandon)
  process.once('SIGTERM', abandon)
  const log: string[] = []
  stack.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const address = `http://127.0.0.1:${port}`
  try {
    await ready(address, stack)
  } catch (thrown) {
    await stop(stack)
    throw new Error(`the stack did not start: ${String(thrown)}\n${log.join('').slice(-2000)}`)
  }
  project.provide('address', address)
  return async () => {
    process.off('exit', abandon)
    process.off('SIGTERM', abandon)
    await stop(stack)
    await rm(data, { recursive: true, force: true })
  }
}

async function ready(address: string, stack: ChildProcess): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS
  for (;;) {
    if (stack.exitCode !== null) throw new Error(`it ended with ${stack.exitCode}`)
    const answer = await fetch(`${address}/readyz`).catch(() => null)
    if (answer?.ok) return
    if (Date.now() > until) throw new Error('not ready in time')
    await new Promise((done) => setTimeout(done, 50))
  }
}

async function stop(stack: ChildProcess): Promise<void> {
  if (stack.exitCode !== null) return
  const ended = new Promise((done) => stack.once('exit', done))
  stack.kill('SIGTERM')
  await ended
}

/** The stack takes the port it is given and those after it: the first of `count` free ones in a row. */
async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = 20_000 + Math.floor(Math.random() * 20_000)
    const free = await Promise.all(Array.from({ length: count }, (_, step) => isFree(first + step)))
    if (free.every(Boolean)) return first
  }
  throw new Error('no free ports')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
  })
}

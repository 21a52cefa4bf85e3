/** Freshly started stacks for the browser tests, one for each worker: free ports, an empty folder, stopped at the end by their own pids. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    addresses: string[]
  }
}

interface Stack {
  address: string
  stop: () => Promise<void>
}

const READY_WITHIN_MS = 60_000
/** The stack takes the port it is given and those after it. */
const PORTS = 5

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const binary = process.env['FRONT_DESK_BINARY'] ?? join(import.meta.dirname, '../../../target/release/front-desk')
  if (!existsSync(binary)) throw new Error(`${binary} is not there: build it, or name another by FRONT_DESK_BINARY`)
  const stacks: Stack[] = []
  const stopAll = async () => { await Promise.all(stacks.map(({ stop }) => stop())) }
  try {
    for (let worker = 0; worker < Number(project.config.maxWorkers); worker += 1) stacks.push(await start(binary))
  } catch (thrown) {
    await stopAll()
    throw thrown
  }
  project.provide('addresses', stacks.map(({ address }) => address))
  return stopAll
}

async function start(binary: string): Promise<Stack> {
  const data = await mkdtemp(join(tmpdir(), 'front-desk-browser-'))
  const port = await freePorts(PORTS)
  const child = spawn(binary, ['up', '--port', String(port), '--data', data], { stdio: ['ignore', 'ignore', 'pipe'] })
  // Also when the run itself is cut short.
  const abandon = () => child.kill('SIGTERM')
  process.once('exit', abandon)
  process.once('SIGTERM', abandon)
  const log: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const address = `http://127.0.0.1:${port}`
  const stop = async () => {
    process.off('exit', abandon)
    process.off('SIGTERM', abandon)
    await end(child)
    await rm(data, { recursive: true, force: true })
  }
  try {
    await ready(address, child)
  } catch (thrown) {
    await stop()
    throw new Error(`the stack did not start: ${String(thrown)}\n${log.join('').slice(-2000)}`)
  }
  return { address, stop }
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

async function end(stack: ChildProcess): Promise<void> {
  if (stack.exitCode !== null) return
  const ended = new Promise((done) => stack.once('exit', done))
  stack.kill('SIGTERM')
  await ended
}

/** The first of as many free ports in a row as a stack takes. */
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

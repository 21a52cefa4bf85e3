// Writes .br and .gz beside every built file worth compressing, so that the gateway never compresses at run time.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist', import.meta.url).pathname
const compressible = new Set(['.js', '.css', '.html', '.svg', '.json'])

for (const name of await readdir(dist, { recursive: true })) {
  const path = join(dist, name)
  if (!compressible.has(extname(name)) || !(await stat(path)).isFile()) continue
  const bytes = await readFile(path)
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  await writeFile(`${path}.br`, brotli)
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }))
}

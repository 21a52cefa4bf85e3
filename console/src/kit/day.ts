/** A day of the calendar as it stands on screen, whatever the zone. Pure. */
export function dayFrom(day: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

export const certification = {}

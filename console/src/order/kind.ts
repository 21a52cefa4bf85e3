/** What the kind of an order says of its way. Pure. */

/** Raised and settled by the billing system; nobody here decides them. */
export const isOfBilling = ({ enumType }: { enumType: string }): boolean => enumType === 'PRODUCT_SUSPEND' || enumType === 'PRODUCT_CANCEL'

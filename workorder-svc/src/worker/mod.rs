//! What runs in the background: one loop over the steps, woken by nudges and by a timer; and the ways out.

pub mod outbound;
pub mod rounds;

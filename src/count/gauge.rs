//! A meter and its calibration alone, without a session: what a conversation comes to for one model.

use super::calibration::{Calibration, Estimate};
use super::meter::{Meter, Occupancy};
use crate::transcript::message::{Message, Role};

/// Counts one conversation for one model.
pub struct Gauge {
    provider: String,
    model: String,
    meter: Meter,
    calibration: Calibration,
}

impl Gauge {
    /// A gauge that knows no more of the model than its name tells.
    #[must_use]
    pub fn new(provider: &str, model: &str) -> Self {
        let mut meter = Meter::default();
        meter.emptied();
        let calibration = Calibration::default();
        Self { provider: provider.to_owned(), model: model.to_owned(), meter, calibration }
    }

    /// A message joins; one of the model with a usage is a report.
    pub fn add(&mut self, mut message: Message) {
        if message.role == Role::Assistant {
            message.provider = Some(self.provider.clone());
            message.model = Some(self.model.clone());
        }
        self.meter.add(&message, &mut self.calibration);
    }

    /// A whole request that holds these messages and what was learned to stand beside them, without any report of its
    /// own; `None` before the first report.
    #[must_use]
    pub fn recount(&self, messages: &[Message]) -> Option<Estimate> {
        let mut meter = self.meter.clone();
        meter.recounted(&messages.iter().collect::<Vec<_>>(), None, true, &self.calibration);
        match meter.occupancy(&self.calibration) {
            Occupancy::Estimated { tokens, low, high } => Some(Estimate { tokens, low, high }),
            Occupancy::Known { tokens } => Some(Estimate { tokens, low: tokens, high: tokens }),
            Occupancy::Unknown => None,
        }
    }
}

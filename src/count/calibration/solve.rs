//! Symmetric linear equations of the size of a model's ratios, by Cholesky's method. Additions, multiplications,
//! divisions and square roots only, in a fixed order: the same bits natively and in wasm.

use crate::count::load::FEATURES;

/// A vector with one number per feature.
pub type Vector = [f64; FEATURES];
/// A symmetric matrix, row by row; only what is on and below the diagonal is used.
pub type Matrix = [Vector; FEATURES];

/// The lower triangle `L` with `L·Lᵀ` = the matrix it was made of.
pub struct Triangle(Matrix);

/// Decomposes a positive definite matrix; a pivot that rounding made too small is raised.
pub fn decompose(matrix: &Matrix) -> Triangle {
    const LEAST_PIVOT: f64 = 1e-12;
    let mut lower: Matrix = [[0.0; FEATURES]; FEATURES];
    for row in 0..FEATURES {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| at(&lower, row, k) * at(&lower, column, k)).sum();
            let rest = at(matrix, row, column) - known;
            let value =
                if row == column { rest.max(LEAST_PIVOT).sqrt() } else { rest / at(&lower, column, column) };
            set(&mut lower, row, column, value);
        }
    }
    Triangle(lower)
}

impl Triangle {
    /// The `x` with matrix·x = `b`.
    pub fn solve(&self, b: &Vector) -> Vector {
        let y = self.forward(b);
        let mut x = [0.0; FEATURES];
        for row in (0..FEATURES).rev() {
            let known: f64 = (row + 1..FEATURES).map(|k| at(&self.0, k, row) * get(&x, k)).sum();
            put(&mut x, row, (get(&y, row) - known) / at(&self.0, row, row));
        }
        x
    }

    /// bᵀ·matrix⁻¹·b: the variance that uncertain ratios give to what is counted as `b`.
    pub fn quadratic(&self, b: &Vector) -> f64 {
        self.forward(b).iter().map(|y| y * y).sum()
    }

    fn forward(&self, b: &Vector) -> Vector {
        let mut y = [0.0; FEATURES];
        for row in 0..FEATURES {
            let known: f64 = (0..row).map(|k| at(&self.0, row, k) * get(&y, k)).sum();
            put(&mut y, row, (get(b, row) - known) / at(&self.0, row, row));
        }
        y
    }
}

/// a·b
pub fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub fn at(matrix: &Matrix, row: usize, column: usize) -> f64 {
    matrix.get(row).map_or(0.0, |r| get(r, column))
}

pub fn set(matrix: &mut Matrix, row: usize, column: usize, value: f64) {
    if let Some(r) = matrix.get_mut(row) {
        put(r, column, value);
    }
}

pub fn get(vector: &Vector, at: usize) -> f64 {
    vector.get(at).copied().unwrap_or(0.0)
}

pub fn put(vector: &mut Vector, at: usize, value: f64) {
    if let Some(place) = vector.get_mut(at) {
        *place = value;
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn solves_what_it_decomposed(seed in prop::array::uniform8(-3.0f64..3.0), b in prop::array::uniform8(-9.0f64..9.0)) {
            // seed·seedᵀ plus the unit matrix: positive definite.
            let mut matrix = [[0.0; FEATURES]; FEATURES];
            for row in 0..FEATURES {
                for column in 0..FEATURES {
                    let unit = if row == column { 1.0 } else { 0.0 };
                    set(&mut matrix, row, column, get(&seed, row) * get(&seed, column) + unit);
                }
            }
            let triangle = decompose(&matrix);
            let x = triangle.solve(&b);
            for (row, wanted) in matrix.iter().zip(b) {
                prop_assert!((dot(row, &x) - wanted).abs() < 1e-6);
            }
            prop_assert!((triangle.quadratic(&b) - dot(&b, &x)).abs() < 1e-5);
        }
    }
}

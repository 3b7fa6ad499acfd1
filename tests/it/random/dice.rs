//! Chance that can be repeated: the same seed, the same throws.

/// `SplitMix64` (Steele, Lea, Flood 2014): good enough to mix words, and the same on every platform.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below this one, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a usize fits into 64 bits");
        usize::try_from(self.throw() % end).expect("it is below a usize")
    }

    /// Whether something happens that happens so many times out of a hundred.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of several, which are not none.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Several different ones, in any order: at least one, at most this many.
    pub fn several<T: Clone>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let mut rest = of.to_vec();
        let count = 1 + self.below(most.min(rest.len()));
        (0..count)
            .map(|_| {
                let index = self.below(rest.len());
                rest.swap_remove(index)
            })
            .collect()
    }
}

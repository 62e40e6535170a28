namespace FlowDispatch.Store.Conformance;

/// <summary>Permits and caps: never more than allowed, whoever asks.</summary>
public abstract class LimitConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    private int _messages;

    [Fact]
    public async Task A_message_counted_again_counts_once_as_of_the_last_time_and_only_its_own_count_is_given_back()
    {
        var hour = TimeSpan.FromHours(1);
        Assert.Null(await CountAsync(2, hour, "a"));
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(await CountAsync(2, hour, "a"));
        var again = Now;
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(await CountAsync(2, hour, "b"));
        Assert.Equal(again + hour, await CountAsync(2, hour, "c"));

        await Store.Limits.UncountAsync("cap", "a", Cancellation);

        var b = Now;
        Assert.Null(await CountAsync(2, hour, "c"));
        Assert.Equal(b + hour, await CountAsync(2, hour, "d"));
    }

    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(200.03);

    [Fact]
    public async Task Permits_lie_a_spacing_apart_from_now_on()
    {
        var grant = await TakeAsync(3, TimeSpan.FromSeconds(10));

        Assert.Equal([Now, Now + Spacing, Now + (2 * Spacing)], grant.Permits);
        Assert.Equal(Now + (3 * Spacing), grant.NextAt);
        Assert.Equal(Now + (3 * Spacing), (await TakeAsync(1, TimeSpan.FromSeconds(10))).Permits[0]);
    }

    [Fact]
    public async Task Only_permits_within_the_horizon_are_given()
    {
        Assert.Equal(3, (await TakeAsync(1_000, 2 * Spacing)).Permits.Count);

        var none = await TakeAsync(1_000, 2 * Spacing);
        Assert.Empty(none.Permits);
        Assert.Equal(Now + (3 * Spacing), none.NextAt);

        Clock.Advance(Spacing);
        Assert.Equal([Now + (2 * Spacing)], (await TakeAsync(1_000, 2 * Spacing)).Permits);
    }

    [Fact]
    public async Task Time_that_nobody_used_makes_no_burst()
    {
        await TakeAsync(1, TimeSpan.Zero);
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal([Now], (await TakeAsync(1_000, TimeSpan.Zero)).Permits);
    }

    [Fact]
    public async Task A_wider_spacing_holds_from_the_last_permit_on()
    {
        await TakeAsync(1, TimeSpan.Zero);

        var grant = await Store.Limits.TakeAsync("bucket", TimeSpan.FromSeconds(10), 1, TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal([Now.AddSeconds(10)], grant.Permits);
    }

    [Fact]
    public async Task Buckets_know_nothing_of_each_other()
    {
        await TakeAsync(5, TimeSpan.FromHours(1));

        Assert.Equal([Now], (await Store.Limits.TakeAsync("other", Spacing, 1, TimeSpan.Zero, Cancellation)).Permits);
    }

    [Fact]
    public async Task A_held_bucket_gives_nothing_before_its_time()
    {
        await Store.Limits.HoldAsync("bucket", Now.AddSeconds(10), Cancellation);
        await Store.Limits.HoldAsync("bucket", Now.AddSeconds(4), Cancellation);
        await ReopenAsync();

        var none = await TakeAsync(1, TimeSpan.FromSeconds(9));
        Assert.Empty(none.Permits);
        Assert.Equal(Now.AddSeconds(10), none.NextAt);
        Assert.Equal([Now.AddSeconds(10)], (await TakeAsync(1, TimeSpan.FromSeconds(10))).Permits);
    }

    [Fact]
    public async Task After_a_throttle_a_bucket_goes_at_half_its_pace_and_recovers_within_ten_seconds()
    {
        var second = TimeSpan.FromSeconds(1);
        await Store.Limits.TakeAsync("bucket", second, 1, TimeSpan.Zero, Cancellation);
        var hold = Now.AddSeconds(3);
        await Store.Limits.HoldAsync("bucket", hold, Cancellation);
        await ReopenAsync();

        var slow = (await Store.Limits.TakeAsync("bucket", second, 3, TimeSpan.FromHours(1), Cancellation)).Permits;

        // Half the pace makes two seconds of one; two seconds later it is six tenths.
        Assert.Equal([hold, hold.AddSeconds(2), hold.AddSeconds(2).AddTicks(16_666_667)], slow);
        Clock.Advance(TimeSpan.FromSeconds(13));
        var recovered = (await Store.Limits.TakeAsync("bucket", second, 3, TimeSpan.FromHours(1), Cancellation)).Permits;
        Assert.Equal([Now, Now.AddSeconds(1), Now.AddSeconds(2)], recovered);
    }

    [Fact]
    public async Task Several_throttles_of_one_burst_slow_once_and_hold_to_the_latest()
    {
        var hold = Now.AddSeconds(5);
        await Store.Limits.HoldAsync("bucket", Now.AddSeconds(2), Cancellation);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.Limits.HoldAsync("bucket", hold, Cancellation);
        await Store.Limits.HoldAsync("bucket", Now.AddSeconds(2), Cancellation);

        var permits = (await Store.Limits.TakeAsync("bucket", TimeSpan.FromSeconds(1), 2, TimeSpan.FromHours(1), Cancellation)).Permits;

        Assert.Equal([hold, hold.AddSeconds(2)], permits);
    }

    [Fact]
    public async Task A_throttle_that_names_no_time_ahead_slows_nobody()
    {
        await Store.Limits.HoldAsync("bucket", Now, Cancellation);
        await Store.Limits.HoldAsync("bucket", Now.AddMinutes(-1), Cancellation);

        Assert.Equal([Now, Now + Spacing], (await TakeAsync(2, TimeSpan.FromHours(1))).Permits);
        Assert.Empty((await Store.Claims.ReadControlAsync(0, Cancellation)).Held);
    }

    [Fact]
    public async Task The_control_state_tells_which_buckets_are_held_until_they_are_not()
    {
        var until = Now.AddSeconds(10);
        await Store.Limits.HoldAsync("channel:1", until, Cancellation);
        await Store.Limits.HoldAsync("channel:2", Now.AddSeconds(4), Cancellation);
        await TakeAsync(1, TimeSpan.Zero);
        Assert.Equal(2, (await Store.Claims.ReadControlAsync(0, Cancellation)).Held.Count);

        Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(new("channel:1", until), Assert.Single((await Store.Claims.ReadControlAsync(0, Cancellation)).Held));

        Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Empty((await Store.Claims.ReadControlAsync(0, Cancellation)).Held);
    }

    [Fact]
    public async Task Eight_at_once_never_share_a_permit_and_leave_no_gap()
    {
        var start = Now;
        var grants = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                var permits = new List<DateTimeOffset>();
                for (var i = 0; i < 10; i++)
                {
                    permits.AddRange((await TakeAsync(7, TimeSpan.FromHours(1))).Permits);
                }

                return permits;
            },
            Cancellation)));

        Assert.Equal(Enumerable.Range(0, 560).Select(i => start + (i * Spacing)), grants.SelectMany(p => p).Order());
    }

    [Fact]
    public async Task A_cap_counts_up_to_its_number_in_any_period()
    {
        var day = TimeSpan.FromDays(1);
        var first = Now;
        Assert.Null(await CountAsync(2, day));
        Clock.Advance(TimeSpan.FromHours(6));
        Assert.Null(await CountAsync(2, day));
        Assert.Equal(first + day, await CountAsync(2, day));

        Clock.Advance(TimeSpan.FromHours(18) - TimeSpan.FromTicks(1));
        Assert.Equal(first + day, await CountAsync(2, day));
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await CountAsync(2, day));
        Assert.Equal(first.AddHours(6) + day, await CountAsync(2, day));
    }

    [Fact]
    public async Task A_count_that_is_given_back_makes_room()
    {
        Assert.Null(await CountAsync(1, TimeSpan.FromHours(1)));
        await Store.Limits.UncountAsync("cap", "message 1", Cancellation);
        await Store.Limits.UncountAsync("cap", "message 1", Cancellation);

        Assert.Null(await CountAsync(1, TimeSpan.FromHours(1)));
        Assert.NotNull(await CountAsync(1, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Caps_of_different_periods_on_one_contact_do_not_forget_for_each_other()
    {
        var first = Now;
        Assert.Null(await CountAsync(2, TimeSpan.FromDays(7)));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.Null(await CountAsync(1, TimeSpan.FromDays(1)));

        Assert.Equal(first.AddDays(7), await CountAsync(2, TimeSpan.FromDays(7)));
    }

    [Fact]
    public async Task A_message_that_is_refused_another_count_keeps_the_one_it_has()
    {
        var hour = TimeSpan.FromHours(1);
        var first = Now;
        Assert.Null(await CountAsync(3, hour, "a"));
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(await CountAsync(3, hour, "b"));

        Assert.Equal(first.AddMinutes(10) + hour, await CountAsync(1, hour, "a"));

        Assert.Null(await CountAsync(3, hour, "c"));
        Assert.Equal(first + hour, await CountAsync(3, hour, "d"));
    }

    [Fact]
    public async Task Eight_runs_at_once_never_hold_more_than_the_cap_and_leave_no_room_unused()
    {
        const int People = 12;
        const int Cap = 3;
        var held = new int[People];
        var most = new int[People];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(run => Task.Run(() => RunAsync(run), Cancellation)));

        for (var person = 0; person < People; person++)
        {
            for (var late = held[person]; late < Cap; late++)
            {
                Assert.Null(await TryAsync(person, $"late {late}"));
            }

            Assert.NotNull(await TryAsync(person, "one too many"));
            Assert.InRange(most[person], 1, Cap);
        }

        async Task RunAsync(int run)
        {
            var chance = new Random(run);
            for (var message = 0; message < 60; message++)
            {
                var (person, holder) = (chance.Next(People), $"{run}.{message}");
                if (await TryAsync(person, holder) is not null)
                {
                    continue;
                }

                // Raised after it was counted and lowered before it is given back: never more than the store holds.
                var now = Interlocked.Increment(ref held[person]);
                lock (most)
                {
                    most[person] = Math.Max(most[person], now);
                }

                if (chance.Next(2) == 0)
                {
                    Interlocked.Decrement(ref held[person]);
                    await Store.Limits.UncountAsync($"cap {person}", holder, Cancellation);
                }
            }
        }

        Task<DateTimeOffset?> TryAsync(int person, string holder) => Store.Limits.CountAsync($"cap {person}", holder, Cap, TimeSpan.FromHours(1), Cancellation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Caps_answer_as_a_list_of_instants_would(int seed)
    {
        var chance = new Random(seed);
        var period = TimeSpan.FromMinutes(10);
        var counted = new Dictionary<string, DateTimeOffset>();
        for (var step = 0; step < 150; step++)
        {
            Clock.Advance(chance.Next(3) == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(chance.NextInt64(2 * TimeSpan.TicksPerMinute)));
            var (holder, cap) = ($"{chance.Next(12)}", chance.Next(1, 6));
            if (chance.Next(6) == 0)
            {
                await Store.Limits.UncountAsync("cap", holder, Cancellation);
                counted.Remove(holder);
                continue;
            }

            var others = counted.Where(c => c.Key != holder && c.Value > Now - period).Select(c => c.Value).OrderDescending().ToList();
            DateTimeOffset? full = others.Count >= cap ? others[cap - 1] + period : null;
            Assert.Equal(full, await CountAsync(cap, period, holder));
            if (full is null)
            {
                counted[holder] = Now;
            }
        }
    }

    [Fact]
    public async Task Looking_at_caps_counts_nothing()
    {
        var day = TimeSpan.FromDays(1);
        var first = Now;
        await CountAsync(2, day);
        Clock.Advance(TimeSpan.FromHours(6));

        Assert.Empty(await Store.Limits.PeekAsync(["cap", "unknown"], 2, day, Cancellation));
        Assert.Equal(first + day, Assert.Single(await Store.Limits.PeekAsync(["unknown", "cap"], 1, day, Cancellation), c => c.Key == "cap").Value);
        Assert.Null(await CountAsync(2, day));
        Assert.Equal(first + day, Assert.Single(await Store.Limits.PeekAsync(["cap"], 2, day, Cancellation)).Value);

        Clock.Advance(TimeSpan.FromHours(18));
        Assert.Empty(await Store.Limits.PeekAsync(["cap"], 2, day, Cancellation));
    }

    private Task<Storage.PermitGrant> TakeAsync(int count, TimeSpan horizon) => Store.Limits.TakeAsync("bucket", Spacing, count, horizon, Cancellation);

    private Task<DateTimeOffset?> CountAsync(int count, TimeSpan period, string? holder = null) => Store.Limits.CountAsync("cap", holder ?? $"message {Interlocked.Increment(ref _messages)}", count, period, Cancellation);
}

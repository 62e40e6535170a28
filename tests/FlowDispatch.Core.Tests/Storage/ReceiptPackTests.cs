using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Tests.Storage;

public sealed class ReceiptPackTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_written_is_read_again_to_the_last_field()
    {
        InboundEvent.Receipt[] receipts =
        [
            Receipt("wamid.HBgMNTUxMTk4") with { AttemptId = "019a/1", At = At.AddTicks(7) },
            Receipt("wamid.HBgMNTUxMTk5") with { AttemptId = "019a/2", At = At.AddDays(-3) },
            Receipt("wamid.HBgMNTUxMTk5"),
            Receipt("") with { ChannelId = "linha-ç" },
            Receipt("ação 👍") with { At = DateTimeOffset.MinValue },
            Receipt("açãp 👎") with { At = DateTimeOffset.MaxValue, IsAnswer = true },
            Receipt("x") with
            {
                Status = ReceiptStatus.Failed, ErrorCode = "131049", ErrorMessage = "Não entregue", IsTransient = true, RetryAfter = TimeSpan.FromTicks(-1),
            },
            Receipt(new string('x', 70_000)) with { Status = (ReceiptStatus)99, ErrorCode = "", ErrorMessage = "" },
        ];

        Assert.Equal(receipts, ReceiptPack.Read(ReceiptPack.Write(receipts)));
    }

    [Fact]
    public void What_receipts_have_in_common_takes_no_room()
    {
        var receipts = Enumerable.Range(0, ReceiptPack.Most)
            .Select(i => Receipt($"wamid.HBgMNTUxMTk4ODg4{i:0000}FQIAERgS") with { AttemptId = $"019a0c3e-5f00-7000-8000-0000000{i:00000}/1", At = At.AddSeconds(i) })
            .ToArray();

        Assert.InRange(ReceiptPack.Write(receipts).Length, 1, 45 * receipts.Length);
    }

    [Fact]
    public void Something_else_is_refused()
    {
        var pack = ReceiptPack.Write([.. Enumerable.Range(0, 20).Select(i => Receipt($"wamid.{i}") with { AttemptId = $"019a/{i}" })]);
        var random = new Random(7);

        Assert.Throws<InvalidDataException>(() => ReceiptPack.Read([]));
        Assert.Throws<InvalidDataException>(() => ReceiptPack.Read([9, .. pack.AsSpan(1)]));
        for (var length = 0; length < pack.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ReceiptPack.Read(pack.AsSpan(0, length)));
        }

        for (var i = 0; i < 20_000; i++)
        {
            var broken = pack.ToArray();
            broken[random.Next(broken.Length)] = (byte)random.Next(256);
            if (Record.Exception(() => ReceiptPack.Read(broken)) is { } error)
            {
                Assert.IsType<InvalidDataException>(error);
            }
        }
    }

    [Fact]
    public void Few_receipts_and_all_replies_stay_by_themselves()
    {
        var reply = new InboundEvent.Reply { ChannelId = "line", At = At, ProviderMessageId = "r" };
        InboundEvent[] few = [.. Enumerable.Range(0, ReceiptPack.Fewest - 1).Select(i => Receipt($"{i}")), reply];
        InboundEvent[] many = [reply, .. Enumerable.Range(0, ReceiptPack.Most + 1).Select(i => Receipt($"{i}")), reply];

        Assert.Equal((few, 0), (ReceiptPack.Split(few).Single, ReceiptPack.Split(few).Packs.Count));
        var (single, packs) = ReceiptPack.Split(many);
        Assert.Equal([reply, reply], single);
        Assert.Equal([ReceiptPack.Most, 1], packs.Select(p => p.Length));
        Assert.Equal(many.OfType<InboundEvent.Receipt>(), packs.SelectMany(p => p));
    }

    [Fact]
    public void Ids_of_packs_meet_no_others()
    {
        var ids = new[] { 1, 2, 5_000_000_000L }.SelectMany(number => new[] { 0, 1, ReceiptPack.Most - 1 }.Select(place => (Number: number, Id: ReceiptPack.IdAt(number, place)))).ToList();

        Assert.Equal(ids.Count, ids.DistinctBy(i => i.Id).Count());
        Assert.All(ids, i => Assert.Equal((true, i.Number), (ReceiptPack.IsPacked(i.Id), ReceiptPack.NumberOf(i.Id))));
        Assert.False(ReceiptPack.IsPacked(0));
    }

    [Fact]
    public void Of_both_kinds_the_oldest_come_first_and_a_pack_comes_whole()
    {
        List<int> numbers = [2, 4];
        List<int> seconds = [1, 2, 3, 5];
        var packs = numbers.Select(number => ReceiptPack.Entries(number, At.AddSeconds(number), ReceiptPack.Write([.. Enumerable.Range(0, 3).Select(i => Receipt($"{number}.{i}"))]))).ToList();
        var singles = seconds.Select(second => (At.AddSeconds(second), new InboxEntry(second, Receipt($"{second}"), At, 0))).ToList();

        Assert.Equal(["1", "2", "2.0", "2.1", "2.2", "3", "4.0", "4.1", "4.2", "5"], Read(20));
        Assert.Equal(["1", "2", "2.0", "2.1", "2.2", "3"], Read(8));
        Assert.Equal(["1", "2"], Read(4));
        Assert.Equal(["2.0", "2.1"], ReceiptPack.Oldest([], packs, 2).Select(e => ((InboundEvent.Receipt)e.Event).ProviderMessageId));
        Assert.Equal(["1", "2"], ReceiptPack.Oldest(singles, [], 2).Select(e => ((InboundEvent.Receipt)e.Event).ProviderMessageId));

        IEnumerable<string> Read(int limit) => ReceiptPack.Oldest(singles, packs, limit).Select(e => ((InboundEvent.Receipt)e.Event).ProviderMessageId);
    }

    private static InboundEvent.Receipt Receipt(string message) => new() { ChannelId = "line", At = At, ProviderMessageId = message, Status = ReceiptStatus.Read };
}

using FlowDispatch.Contacts;

namespace FlowDispatch.Tests.Contacts;

public sealed class ConversationTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // Whatever is told in whatever order: open is it at an instant within the last conversation where somebody wrote in the 24 hours before.
    [Fact]
    public void It_is_open_where_the_person_wrote_within_a_day_before()
    {
        var random = new Random(3);
        for (var round = 0; round < 2_000; round++)
        {
            var wrote = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Noon.AddHours(random.Next(0, 60))).ToList();
            var conversation = wrote.Order().Skip(1).Aggregate(new Conversation(wrote.Min(), wrote.Min()), (known, at) => known.With(at));
            var told = wrote.Skip(1).Aggregate(new Conversation(wrote[0], wrote[0]), (known, at) => known.With(at));

            Assert.Equal(wrote.Max(), conversation.At);
            Assert.Equal(conversation.At, told.At);
            Assert.True(told.Since >= conversation.Since);
            for (var hour = 0; hour < 90; hour++)
            {
                var instant = Noon.AddHours(hour);
                var open = instant >= conversation.Since && wrote.Exists(at => at <= instant && instant < at.AddHours(24));
                Assert.Equal(open, conversation.IsOpenAt(instant));
            }
        }
    }

    [Fact]
    public void A_day_without_a_word_ends_it()
    {
        var one = new Conversation(Noon, Noon);

        Assert.Equal(new(Noon, Noon.AddHours(24).AddTicks(-1)), one.With(Noon.AddHours(24).AddTicks(-1)));
        Assert.Equal(new(Noon.AddHours(24), Noon.AddHours(24)), one.With(Noon.AddHours(24)));
        Assert.Equal(new(Noon.AddHours(-24).AddTicks(1), Noon), one.With(Noon.AddHours(-24).AddTicks(1)));
        Assert.Equal(one, one.With(Noon.AddHours(-24)));
    }
}
